/**
 * What a plugin's executable runs: the bundle next to this file, compiled from V8's code cache.
 *
 * An update starts three plugins at once, and compiling the bundle takes longer than all else they do
 * until they serve. V8 checks a cache against its own version and flags, and a cache it rejects only
 * costs the time saved. `BUNDLE_CACHE_OUT` names a file to write the cache to, once, on installing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Script } from "node:vm";

const filename = join(__dirname, "plugin.js");
const cacheFile = `${filename}.cache`;

function readCache(): Buffer | undefined {
  try {
    return readFileSync(cacheFile);
  } catch {
    return undefined;
  }
}

const cachedData = readCache();
const source = readFileSync(filename, "latin1");
const script = new Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
  filename,
  ...(cachedData ? { cachedData } : {}),
});
type Wrapped = (...wrapper: unknown[]) => void;
const bundle = script.runInThisContext() as Wrapped;
bundle({}, createRequire(filename), { exports: {} }, filename, dirname(filename));

const out = process.env["BUNDLE_CACHE_OUT"];
if (out) {
  // Late enough for the server to listen: what has been compiled until then goes into the cache.
  setTimeout(() => {
    writeFileSync(out, script.createCachedData());
    process.exit();
  }, 300);
}
