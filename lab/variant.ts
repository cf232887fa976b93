import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { compareVersions } from "../harbor/versions";
import { STAND_INS, type StandInVersion } from "./release/versions";
import { LAB_DIR } from "./topology";

/** What the lab deploys, and how its hosts are connected. */
export interface Variant {
  /** The version of a stand-in, or the path of a real release's installer. */
  readonly release: { readonly standIn: StandInVersion } | { readonly installer: string };
  /** Whether clients speak HTTPS, with a certificate of the deployment's own authority. */
  readonly https: boolean;
  /** Whether the hosts reach nothing but each other and the lab's services. */
  readonly airGapped: boolean;
}

/** What a lab is that nobody chose anything for. */
export const FIRST_VARIANT: Variant = {
  release: { standIn: "1.1.2" },
  https: false,
  airGapped: false,
};

/** The command line's flags that choose a variant. */
export const VARIANT_FLAGS = {
  release: { type: "string" },
  https: { type: "boolean" },
  http: { type: "boolean" },
  "air-gapped": { type: "boolean" },
  online: { type: "boolean" },
} as const;

/** What a person asks for; what is left out stays as it is. */
export interface AskedVariant {
  /** A version, or a minor release for its newest. */
  readonly release?: string;
  readonly https?: boolean;
  readonly http?: boolean;
  readonly "air-gapped"?: boolean;
  readonly online?: boolean;
  /** Path of a real release's installer. */
  readonly installer?: string;
}

/** `1.5` is the newest stand-in of that minor release; undefined where there is none. */
function standInOf(release: string): StandInVersion | undefined {
  if (!/^v?\d+\.\d+(\.\d+)?$/.test(release)) return undefined;
  const wanted = release.replace(/^v/, "");
  return [...STAND_INS]
    .sort(compareVersions)
    .findLast((version) => version === wanted || version.startsWith(`${wanted}.`));
}

function releaseOf(asked: AskedVariant, current: Variant, problems: string[]): Variant["release"] {
  if (asked.installer !== undefined) return { installer: path.resolve(asked.installer) };
  if (asked.release === undefined) return current.release;
  const standIn = standInOf(asked.release);
  if (standIn !== undefined) return { standIn };
  problems.push(
    `--release ${asked.release}: there are stand-ins of ${STAND_INS.join(", ")}, and a minor release ` +
      "is its newest one; a real release is given as HARBOR_INSTALLER",
  );
  return current.release;
}

/**
 * The variant that is meant: what is asked for, and for the rest what is there already.
 * @throws Error with everything that is wrong with what is asked for.
 */
export function chooseVariant(asked: AskedVariant, current: Variant): Variant {
  const problems: string[] = [];
  const choice = (yes: "https" | "air-gapped", no: "http" | "online", otherwise: boolean) => {
    if (asked[yes] && asked[no]) problems.push(`--${yes} and --${no} exclude each other`);
    return asked[yes] ?? (asked[no] ? false : otherwise);
  };
  if (asked.release !== undefined && asked.installer !== undefined) {
    problems.push("--release and HARBOR_INSTALLER name two releases; give one of them");
  }
  const variant = {
    release: releaseOf(asked, current, problems),
    https: choice("https", "http", current.https),
    airGapped: choice("air-gapped", "online", current.airGapped),
  };
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return variant;
}

export const sameVariant = (a: Variant, b: Variant): boolean => isDeepStrictEqual(a, b);

/** `Harbor 1.5.3 over HTTPS, air-gapped`. */
export function variantText({ release, https, airGapped }: Variant): string {
  const what = "standIn" in release ? `Harbor ${release.standIn}` : release.installer;
  return `${what} over ${https ? "HTTPS" : "HTTP"}, ${airGapped ? "air-gapped" : "online"}`;
}

const VARIANT_FILE = path.join(LAB_DIR, "variant.json");

/** The variant that the lab is; undefined where none was chosen yet. */
export async function rememberedVariant(): Promise<Variant | undefined> {
  const text = await readFile(VARIANT_FILE, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Variant);
}

export async function rememberVariant(variant: Variant): Promise<void> {
  await mkdir(LAB_DIR, { recursive: true, mode: 0o700 });
  await writeFile(VARIANT_FILE, `${JSON.stringify(variant)}\n`, { mode: 0o600 });
}

export async function forgetVariant(): Promise<void> {
  await rm(VARIANT_FILE, { force: true });
}
