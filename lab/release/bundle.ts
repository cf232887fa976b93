import { build } from "esbuild";
import { join } from "node:path";
import type { Shape } from "./versions";

const SERVICES = ["adminserver", "jobservice", "ui"] as const;

/** Bundles a shape's services for the Node.js of the image. @returns contents by file name. */
export async function bundleServices(shape: Shape): Promise<Map<string, Buffer>> {
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(
      SERVICES.map((name) => [name, join(__dirname, "services", shape, `${name}.ts`)]),
    ),
    bundle: true,
    platform: "node",
    target: "node18",
    format: "cjs",
    outdir: "/",
    write: false,
    logLevel: "silent",
    // Keeps the bytes the same wherever the project is checked out.
    absWorkingDir: join(__dirname, "..", ".."),
  });
  return new Map(
    outputFiles
      .map((file) => [file.path.slice(1), Buffer.from(file.contents)] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
