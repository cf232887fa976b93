import * as net from "node:net";
import { z } from "zod";
import { archive, sha256 } from "./archive";
import { absolutePath, isDnsName, text } from "./fields";

/* Where the nodes get the release's images. */

/** One part of a repository's path, as registries have it. */
const COMPONENT = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/;

/**
 * Whether a text is `host[:port][/path]` of a registry. Docker takes a first part without a dot and a
 * port for a name on Docker Hub.
 */
function isRegistryPrefix(text: string): boolean {
  const [place, ...components] = text.split("/");
  const [, name, port] = /^([^:]+)(?::(\d{1,5}))?$/.exec(place!) ?? [];
  if (name === undefined || !(net.isIPv4(name) || isDnsName(name))) return false;
  if (port === undefined && !name.includes(".") && name !== "localhost") return false;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65535)) return false;
  return components.every((component) => COMPONENT.test(component));
}

const prefix = text("the registry that mirrors the images, such as registry.example.com/harbor")
  .refine(
    isRegistryPrefix,
    "must be a registry as host[:port] with an optional path in lower case, such as registry.example.com/harbor, without a scheme, a tag or a slash at the end",
  )
  .meta({ allowed: "host[:port], with an optional path" })
  .describe("Put before each image's name in docker-compose.yml, with a slash between");

const sources = [
  z.strictObject({
    source: z
      .literal("installer")
      .describe("The installer's own; an online installer has none, and nodes pull them"),
  }),
  z.strictObject({
    source: z
      .literal("registry")
      .describe("Pulled by the names in docker-compose.yml, whatever the installer has"),
  }),
  z.strictObject({
    source: z.literal("mirror").describe("Pulled from a registry that mirrors them"),
    prefix,
  }),
  z.strictObject({
    source: z
      .literal("archive")
      .describe("An archive that the program hands to the nodes over the mount"),
    archive: archive("the path or https URL of an archive of images").describe(
      "Made by `docker save` (.tar, .tar.gz, .tgz), or another offline installer",
    ),
    sha256,
  }),
  z.strictObject({
    source: z.literal("nodes").describe("On the nodes already"),
    archive: absolutePath("/srv/harbor-images.tgz")
      .optional()
      .describe(
        "Path on each node of such an archive; left out, the images have been loaded there",
      ),
  }),
] as const;

export const images = z.discriminatedUnion("source", sources, {
  error: "must have a source: installer, registry, mirror, archive or nodes",
});
