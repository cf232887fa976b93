/** Jest runs the TypeScript sources as loader.js does: by esbuild, which leaves types to `tsc`. */
const { createHash } = require("node:crypto");
const { readFileSync } = require("node:fs");
const { transformSync, version } = require("esbuild");

const OWN = readFileSync(__filename, "utf8");

module.exports = {
  getCacheKey: (source, file) =>
    createHash("sha256").update([version, OWN, file, source].join("\0")).digest("hex"),
  process(source, file) {
    // Jest's module registry knows `require` alone.
    const supported = { "dynamic-import": false };
    const options = { loader: "ts", format: "cjs", target: "node20", sourcemap: "inline" };
    return transformSync(source, { ...options, supported, sourcefile: file });
  },
};
