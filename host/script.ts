import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";

/** What setting a client up and taking that back share. */
const CLIENT = [
  "client-state",
  "docker-daemon",
  "daemon-json",
  "insecure-registry",
  "registry-ca",
] as const;

/** After the prelude, what a node's health timer runs: the start step leaves it on the node. */
const HEALTH = ["redis-session", "round-robin", "gate", "health"] as const;

/** By which a step knows whose node the host is. */
const OWNER = ["fstab-mark", "host-owner"] as const;

/*
 * Which shell files make up what runs on a host. They are joined in this order and run by bash as
 * one script; the last one is the step itself, the ones before it only define functions.
 */
const PARTS = {
  preflight: ["prelude", ...OWNER, "packages", "redis-session", "mysql-session", "preflight"],
  mount: ["prelude", "packages", "docker-proxy", ...OWNER, "fstab", "mount"],
  unmount: ["prelude", "docker-proxy", ...OWNER, "fstab", "unmount"],
  stage: ["prelude", "docker-proxy", ...OWNER, "stage"],
  unstage: ["prelude", ...OWNER, "unstage"],
  schema: ["prelude", "database-client", "database-dump", "database-restore", "schema"],
  start: [
    "prelude",
    "docker-proxy",
    ...HEALTH,
    "health-timer",
    "health-install",
    "current-release",
    ...OWNER,
    "start",
  ],
  switch: ["prelude", "gate", "current-release", "run-harbor", "switch"],
  expel: ["prelude", "round-robin", ...OWNER, "expel"],
  stop: ["prelude", "round-robin", "health-timer", "run-harbor", ...OWNER, "stop"],
  client: ["prelude", ...CLIENT, "client"],
  unclient: ["prelude", ...CLIENT, "unclient"],
  verify: ["prelude", "redis-session", "mysql-session", "round-robin", "gate", "verify"],
  backup: ["prelude", "database-client", "database-dump", "backup"],
  restore: ["prelude", "restore"],
} as const;

/** A step that can be run on a host. */
export type Step = keyof typeof PARTS;

export const STEPS = Object.keys(PARTS) as Step[];

const texts = new Map<string, string>();

/** The text of a shell file of this folder, by its name without `.sh`. */
export function shellFile(name: string): string {
  const known = texts.get(name);
  if (known !== undefined) return known;
  const text = readFileSync(path.join(__dirname, "scripts", `${name}.sh`), "utf8");
  texts.set(name, text);
  return text;
}

/** The names of the shell files of a step, in their order. */
export function partsOf(step: Step): readonly string[] {
  return PARTS[step];
}

/** A shell file as it travels: without its comment lines, which a third of it is. */
export function shippedPart(name: string): string {
  return shellFile(name).replace(/^[ \t]*#.*\n/gm, "");
}

/** The whole script of a step as it is written, for checks of it. */
export function scriptOf(step: Step): string {
  return PARTS[step].map(shellFile).join("\n");
}

/** Those of the values that the step's script names: what the others are is nothing to it. */
export function usedBy<T>(step: Step, values: Readonly<Record<string, T>>): Record<string, T> {
  const names = new Set(partsOf(step).map(shippedPart).join("").match(/\w+/g));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

/**
 * A short sum over what travels of a step's script: it changes in a preview when what runs did, and
 * not for a comment.
 */
export function scriptSum(step: Step): string {
  const shipped = partsOf(step).map(shippedPart).join("");
  return createHash("sha256").update(shipped).digest("hex").slice(0, 8);
}
