/* What a backup is: a tar archive with these members, encrypted as one file by age. */

export const FORMAT = 1;

/** The dump, the one member that may be large. */
export const DUMP = "database.sql.gz";
export const PRIVATE_KEY = "keypair/private_key.pem";
export const CERTIFICATE = "keypair/root.crt";
export const SECRETKEY = "secretkey";
export const SETTINGS = "settings.json";
export const IMAGES = "images.json";
/** The last one, as it has the sums of all others. */
export const MANIFEST = "manifest.json";

export const MEMBERS = [DUMP, PRIVATE_KEY, CERTIFICATE, SECRETKEY, SETTINGS, IMAGES] as const;
export type Member = (typeof MEMBERS)[number];

/** Bytes that a member other than the dump may have: a million tags. */
export const LARGEST = 256 * 1024 * 1024;

export interface Sum {
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface Origin {
  /** ISO 8601. */
  readonly made: string;
  readonly stack: string;
  readonly url: string;
  /** Harbor's version. */
  readonly release: string;
}

export interface Manifest extends Origin {
  readonly format: number;
  readonly members: Readonly<Record<Member, Sum>>;
}

/** A tag of the registry at the time of the backup. */
export interface Image {
  /** @example "library/nginx" */
  readonly repository: string;
  readonly tag: string;
  /** `sha256:` and hexadecimal. */
  readonly digest: string;
}

/** A stack's settings as the Automation API has them, secrets decrypted. */
export type StackSettings = Readonly<
  Record<string, { readonly value: string; readonly secret?: boolean }>
>;

/** Images as the nodes' scripts have them: a line each, `repository tag digest`. */
export function imageLines(images: readonly Image[]): string {
  return images.map(({ repository, tag, digest }) => `${repository} ${tag} ${digest}\n`).join("");
}

/** @throws Error for a text that `imageLines` would not make */
export function parseImageLines(text: string): Image[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, repository, tag, digest] = /^(\S+) (\S+) (sha256:[0-9a-f]{64})$/.exec(line) ?? [];
      if (!repository || !tag || !digest)
        throw new Error("the list of images is malformed; take another backup");
      return { repository, tag, digest };
    });
}
