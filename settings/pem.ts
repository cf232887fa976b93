import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { Problem } from "./errors";

/* Reads texts in PEM. Nothing of a key's text goes into a message. */

/** Takes what is wrong with the setting that is being read. */
export type Report = (message: string) => void;

/** Puts what is wrong with a setting to the problems. */
export function reporter(problems: Problem[], setting: string): Report {
  return (message) => void problems.push({ setting, message });
}

interface Block {
  /** As in `BEGIN RSA PRIVATE KEY`, without BEGIN. */
  readonly label: string;
  readonly text: string;
}

/** As readers of PEM have it, each BEGIN and END is alone in its line. */
const BLOCK = /^-----BEGIN ([A-Z0-9 ]+)-----[ \t]*$.*?^-----END \1-----[ \t]*$/gms;

function blocksOf(pem: string): Block[] {
  return [...pem.trim().matchAll(BLOCK)].map(([text, label]) => ({ label: label!, text }));
}

/** Whether a BEGIN or an END has no other, as when blocks were cut off or put together in one line. */
function isBroken(pem: string): boolean {
  return /-----(BEGIN|END) /.test(pem.trim().replace(BLOCK, ""));
}

const isKey = ({ label }: Block) => label.endsWith("PRIVATE KEY");

/** The certificates of a text; none where one of them cannot be read. */
export function readCertificates(pem: string, report: Report): X509Certificate[] {
  const blocks = blocksOf(pem);
  if (blocks.some(isKey)) report("holds a private key too; that belongs into the key's setting");
  const texts = blocks.filter(({ label }) => label === "CERTIFICATE").map(({ text }) => text);
  const unreadable =
    "has a certificate that cannot be read; must be PEM, unchanged from its issuer";
  if (isBroken(pem)) {
    report(`${unreadable}, each BEGIN and END in a line of its own`);
    return [];
  }
  if (texts.length === 0) report("must be in PEM, with `BEGIN CERTIFICATE`");
  try {
    return texts.map((text) => new X509Certificate(text));
  } catch {
    report(unreadable);
    return [];
  }
}

/** The one private key of a text, and the form that it is in (`RSA PRIVATE KEY`). */
export function readKey(
  pem: string,
  report: Report,
): { readonly key: KeyObject; readonly label: string } | undefined {
  const [block, ...more] = blocksOf(pem).filter(isKey);
  if (block === undefined || more.length > 0) {
    report("must be one private key in PEM, such as `BEGIN PRIVATE KEY`");
    return undefined;
  }
  const { label, text } = block;
  if (label.startsWith("ENCRYPTED") || /^Proc-Type:.*ENCRYPTED/m.test(text)) {
    report(
      "is encrypted, and no node could ask for its passphrase; decrypt it with `openssl pkey -traditional -in encrypted.pem -out key.pem`, as the setting itself is kept encrypted",
    );
    return undefined;
  }
  try {
    return { key: createPrivateKey(text), label };
  } catch {
    report("cannot be read; must be a private key in PEM, in PKCS#8, PKCS#1 or SEC1");
    return undefined;
  }
}
