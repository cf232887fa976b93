/** A Harbor version; `prerelease` is the text after the dash ("rc1"), empty for a final release. */
export interface HarborVersion {
  major: number;
  minor: number;
  patch: number;
  prerelease: string;
}

/** The database that a release keeps its records in, which decides how it is configured. */
export type GenerationName = "mysql" | "postgresql";

/** The versions that can be deployed: from the first (inclusive) to the second (exclusive). */
const SUPPORTED = { from: "1.1.0", before: "1.6.0" } as const;

/** Reads "1.5.4", "v1.5.4" or "1.5.0-rc2". @throws RangeError for anything else. */
export function parseVersion(text: string): HarborVersion {
  const match = /^v?(\d{1,4})\.(\d{1,4})\.(\d{1,4})(?:-([0-9A-Za-z][0-9A-Za-z.-]*))?$/.exec(text);
  if (match === null) {
    throw new RangeError(`"${text}" is not a Harbor version; allowed: three numbers, as in 1.5.4`);
  }
  const [, major, minor, patch, prerelease] = match;
  return {
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    prerelease: prerelease ?? "",
  };
}

/** Below zero when `a` is older than `b`, zero when equal; a prerelease is older than its release. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [parseVersion(a), parseVersion(b)];
  const byNumber = x.major - y.major || x.minor - y.minor || x.patch - y.patch;
  if (byNumber !== 0) return byNumber;
  if (x.prerelease === y.prerelease) return 0;
  if (x.prerelease === "") return 1;
  if (y.prerelease === "") return -1;
  return comparePrereleases(x.prerelease, y.prerelease);
}

/** Piece by piece, numbers as numbers: rc10 is newer than rc9. */
function comparePrereleases(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => text.match(/\d+|[^\d.-]+/g) ?? []);
  for (let i = 0; i < Math.max(x!.length, y!.length); i++) {
    const [p, q] = [x![i], y![i]];
    if (p === undefined) return -1;
    if (q === undefined) return 1;
    const byNumber = /^\d/.test(p) && /^\d/.test(q) ? Number(p) - Number(q) : 0;
    if (byNumber !== 0) return byNumber;
    if (p !== q) return p < q ? -1 : 1;
  }
  return 0;
}

/** MySQL up to 1.5, PostgreSQL from 1.6 on. */
export function generation(version: string): GenerationName {
  const { major, minor } = parseVersion(version);
  return major < 1 || (major === 1 && minor < 6) ? "mysql" : "postgresql";
}

/** Whether a release of this version can be deployed. */
export function isSupported(version: string): boolean {
  const { major, minor, patch } = parseVersion(version);
  // A prerelease is judged as the release it leads to: 1.6.0-rc1 is of the new generation already.
  const release = `${major}.${minor}.${patch}`;
  return (
    compareVersions(release, SUPPORTED.from) >= 0 && compareVersions(release, SUPPORTED.before) < 0
  );
}

/** The supported range in words, for messages. */
export const SUPPORTED_RANGE = "1.1 to 1.5";

/** The releases that changed the database's schema, and what each calls its own (alembic_version). */
const SCHEMAS = [
  { release: "1.1", version: "0.4.0" },
  { release: "1.2", version: "1.2.0" },
  { release: "1.3", version: "1.3.0" },
  { release: "1.4", version: "1.4.0" },
  { release: "1.5", version: "1.5.0" },
] as const;

function schemaIndex(version: string): number {
  const { major, minor } = parseVersion(version);
  const index = SCHEMAS.findIndex(({ release }) => release === `${major}.${minor}`);
  if (index < 0) {
    throw new RangeError(`no schema of Harbor ${version} is known; known: ${SUPPORTED_RANGE}`);
  }
  return index;
}

/**
 * The version of a release's database schema, as its `alembic_version` says it.
 * @throws RangeError for a release that cannot be deployed.
 */
export function schemaVersion(version: string): string {
  return SCHEMAS[schemaIndex(version)]!.version;
}

/**
 * Why a deployed release cannot be followed by another, as what is wrong with the other's version;
 * nothing where it can. A schema may change on the way, but only by one step.
 * @throws RangeError for a release that cannot be deployed.
 */
export function moveProblem(from: string, to: string): string | undefined {
  if (compareVersions(to, from) < 0) {
    return (
      `is ${to}, older than ${from}, which is deployed: Harbor has no downgrade, as the newer release may ` +
      "have changed the data. To go back, load the dump made before the move (in .harbor-ha/backup on " +
      "the mount) into a new database, and deploy the earlier settings with its name as a new stack"
    );
  }
  const between = SCHEMAS.slice(schemaIndex(from) + 1, schemaIndex(to));
  if (between.length === 0) return undefined;
  const steps = between.map(({ release }) => `${release}.x`).join(", then ");
  return (
    `is ${to}, but ${from} is deployed: each release between the two changes the database's schema, ` +
    `and none can be left out; deploy ${steps} first`
  );
}
