import { z } from "zod";
import { isUrl } from "../is-url";
import type { Problem } from "./errors";
import { text } from "./fields";
import { field, type Given, textAt } from "./given";

/* Archives that the program reads from a file or fetches. */

/** A path, relative to the project's folder, or an https URL. */
export const archive = (what: string) =>
  text(what)
    .refine((value) => !isUrl(value) || /^https:/i.test(value), {
      error: "must be a path or an https URL, since nothing guards what other ways bring",
      abort: true,
    })
    .refine((value) => !isUrl(value) || URL.canParse(value), {
      error: "must be a path or an https URL such as https://files.example.com/harbor.tgz",
      abort: true,
    })
    .refine((value) => {
      if (!isUrl(value)) return true;
      const { username, password } = new URL(value);
      return username === "" && password === "";
    }, "must not carry a user or a password, which would be shown with it; fetch the archive yourself and name its path");

/** The sum of an archive. */
export const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "must be a SHA-256 sum: 64 lower-case hexadecimal digits")
  .meta({ allowed: "64 hexadecimal digits" })
  .optional()
  .describe("Sum that the archive must have; needed for one that is fetched from a URL");

/** Archives without a sum that need one: what comes over a network is taken by its sum alone. */
export function sumProblems(given: Given): Problem[] {
  const { release, images } = given;
  const archives = [{ structure: "release", name: "installer", value: release }];
  if (field(images, "source") === "archive") {
    archives.push({ structure: "images", name: "archive", value: images });
  }
  return archives
    .filter(({ name, value }) => {
      const source = textAt(value, name);
      return source !== undefined && isUrl(source) && field(value, "sha256") === undefined;
    })
    .map(({ structure, name }) => ({
      setting: `${structure}.sha256`,
      message: `is required when ${structure}.${name} is a URL`,
    }));
}
