/*
 * Runs the program from its TypeScript sources: `node --require ./loader.js FILE.ts`.
 *
 * Each file is transpiled once and kept under .cache/ by a sum over its text, so that nothing can be
 * stale and an unchanged program starts without a compiler. A loader that checks types takes longer
 * than the rest of a preview together, and one that hooks every module pays for all of Pulumi's as
 * well (docs/decisions.md has the numbers); types are checked by `npm run check`.
 */
const { createHash, randomUUID } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const path = require("node:path");

const FOLDER = path.join(__dirname, ".cache", "transpiled");
const { version } = require("esbuild/package.json");

function transpile(file, source) {
  const { transformSync } = require("esbuild");
  const options = { loader: "ts", format: "cjs", target: "node20", sourcemap: "inline" };
  // `import()` of a TypeScript file has to come through this loader, which only `require` does.
  const supported = { "dynamic-import": false };
  return transformSync(source, { ...options, supported, sourcefile: file }).code;
}

/** A cache that cannot be written is only slower. */
function keep(file, text) {
  try {
    mkdirSync(FOLDER, { recursive: true });
    const temporary = `${file}.${randomUUID()}`;
    writeFileSync(temporary, text);
    renameSync(temporary, file);
  } catch {
    return;
  }
}

function transpiled(file) {
  const source = readFileSync(file, "utf8");
  const sum = createHash("sha256").update(`2\0${version}\0${file}\0${source}`).digest("hex");
  const cached = path.join(FOLDER, `${sum}.js`);
  try {
    return readFileSync(cached, "utf8");
  } catch {
    const text = transpile(file, source);
    keep(cached, text);
    return text;
  }
}

require.extensions[".ts"] = (module, file) => module._compile(transpiled(file), file);
