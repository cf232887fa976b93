import * as net from "node:net";
import * as path from "node:path";
import { z } from "zod";

/*
 * The kinds of value that settings are made of. A message says what is allowed; the setting's own
 * path is put before it by the report. `allowed` is what docs/settings.md says about the kind.
 */

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/i;

/** Whether a text is a DNS name of at least one label (an IP address is none, nor is a mistyped one). */
export function isDnsName(text: string): boolean {
  const labels = text.split(".");
  return text.length <= 253 && labels.every((l) => LABEL.test(l)) && !/^\d+$/.test(labels.at(-1)!);
}

/** A text that must be there and must not be empty. */
export const text = (what: string) =>
  z
    .string({ error: `is required: ${what}` })
    .min(1, { error: `is required: ${what}`, abort: true })
    .meta({ allowed: what });

/**
 * A structure with fields that must be there. Left out, it is read as an empty one (whose type it
 * cannot have), so that the report names each field.
 */
export const needed = <T extends z.ZodObject>(structure: T) => structure.prefault({} as never);

/** A whole number within bounds; digits in a text count, as a stack file may quote them. */
export const integer = (min: number, max: number, what: string) => {
  const error = `must be ${what}: a whole number from ${min} to ${max}`;
  return z
    .union([z.number(), z.string().regex(/^\d+$/).transform(Number)], { error })
    .refine((n) => Number.isInteger(n) && n >= min && n <= max, { error })
    .meta({ allowed: `${min} to ${max}` });
};

/** A TCP port. */
export const port = integer(1, 65535, "a TCP port");

/** true or false; the texts count, as `pulumi config set` writes them. */
export const flag = z
  .union([z.boolean(), z.enum(["true", "false"]).transform((value) => value === "true")], {
    error: "must be true or false",
  })
  .meta({ allowed: "true or false" });

/** An IPv4 address or a DNS name under which a machine is reached. */
export const host = text("an IPv4 address or a DNS name").refine(
  (value) => net.isIPv4(value) || isDnsName(value),
  "must be an IPv4 address or a DNS name",
);

/** An absolute, normal path that is not the root. */
export const absolutePath = (example: string) =>
  text(`an absolute path such as ${example}`).refine(
    (value) =>
      /^\/[A-Za-z0-9._/-]*[A-Za-z0-9._-]$/.test(value) && path.posix.normalize(value) === value,
    `must be an absolute path that is not /, without \`..\`, a trailing slash, blanks or special characters, such as ${example}`,
  );

/** A text in PEM, with the line ends and the last one that every reader of it takes. */
export const pem = (what: string) =>
  text(what).transform((value) => `${value.replace(/\r\n?/g, "\n").trim()}\n`);

/** A Ceph monitor, `host[:port]`; without a port the client tries the standard ones. */
export const monitor = z.string({ error: "must be a monitor, host[:port]" }).refine((value) => {
  const match = /^([^:]+)(?::(\d{1,5}))?$/.exec(value);
  if (!match) return false;
  const [, name, number] = match;
  if (number !== undefined && (Number(number) < 1 || Number(number) > 65535)) return false;
  return net.isIPv4(name!) || isDnsName(name!);
}, "must be a monitor as host[:port], such as 10.0.0.21 or ceph1.example.com:6789");

/** The public half of a host's SSH key, as one line of known_hosts without the host's name. */
export const hostKey = text("a host's public key, such as `ssh-ed25519 AAAA…`").regex(
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/=]+( .*)?$/,
  "must be a host's public key, type and base64, such as `ssh-ed25519 AAAA…` (see `ssh-keyscan`)",
);

/**
 * A Redis password that Harbor can carry.
 *
 * Releases of the 1.x line read `host:port,poolsize,password,dbindex` and split it at commas; later
 * ones put it into a URL unescaped and break at @ / % : and the like (goharbor/harbor#18538,
 * goharbor/harbor#18786, goharbor/harbor#10709). Blanks and quotes break the env file.
 */
export const redisPassword = text("the password of Redis")
  .regex(
    /^[A-Za-z0-9._~+=!*^-]+$/,
    "has a character that Harbor cannot carry to Redis; allowed are letters, digits and . _ ~ + = ! * ^ - (no comma, blank, quote, @ / % : # $)",
  )
  .meta({ allowed: "letters, digits and `. _ ~ + = ! * ^ -`" });

/**
 * A database password that the release's files can carry: harbor.cfg is read by an INI parser and
 * the env file by compose, whose plugin replaces `$`, and both take quotes and comments for theirs.
 */
export const databasePassword = text("the password of the database")
  .regex(
    /^[A-Za-z0-9._~+=!*^@%:,/?&()<>|[\]-]+$/,
    "has a character that the release's files cannot carry; allowed are letters, digits and . _ ~ + = ! * ^ @ % : , / ? & ( ) < > | [ ] - (no blank, quote, backslash, $, # or ;)",
  )
  .meta({ allowed: "letters, digits and `. _ ~ + = ! * ^ @ % : , / ? & ( ) < > | [ ] -`" });
