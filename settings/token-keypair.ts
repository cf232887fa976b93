import type { KeyObject } from "node:crypto";
import type { Problem } from "./errors";
import { field } from "./given";
import { type Report, readCertificates, readKey, reporter } from "./pem";
import { checkValidity } from "./validity";

/* Whether a keypair is one that Harbor's token service can sign with and its registry can check by. */

const LEAST_RSA_BITS = 2048;

/** Says what of a key Harbor's token service would not take. */
function checkTokenKey(key: KeyObject, label: string, report: Report): void {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  if (key.asymmetricKeyType !== "rsa") {
    report(`must be an RSA key, \`BEGIN RSA PRIVATE KEY\`; it is ${key.asymmetricKeyType}`);
  } else if (label !== "RSA PRIVATE KEY") {
    report(
      "is in PKCS#8 (`BEGIN PRIVATE KEY`), the form of newer OpenSSL releases; Harbor 1.x reads PKCS#1 (`BEGIN RSA PRIVATE KEY`) alone, and its token service would answer 500. Convert it: `openssl rsa -traditional -in private_key.pem -out private_key.pkcs1.pem`",
    );
  }
  if (key.asymmetricKeyType === "rsa" && bits < LEAST_RSA_BITS) {
    report(`must have at least ${LEAST_RSA_BITS} bits; it has ${bits}`);
  }
}

/** The keypair that signs tokens, as far as it is given. */
interface GivenKeypair {
  readonly privateKey?: string | undefined;
  readonly certificate?: string | undefined;
}

/** Problems of the keypair that signs tokens: each part as far as it is given. */
export function tokenKeypairProblems(pair: GivenKeypair, now: Date): Problem[] {
  const problems: Problem[] = [];
  const ofKey = reporter(problems, "tokenKeypair.privateKey");
  const ofCertificate = reporter(problems, "tokenKeypair.certificate");
  const read = pair.privateKey === undefined ? undefined : readKey(pair.privateKey, ofKey);
  if (read) checkTokenKey(read.key, read.label, ofKey);
  const certificates =
    pair.certificate === undefined ? [] : readCertificates(pair.certificate, ofCertificate);
  checkValidity(certificates, now, ofCertificate);
  if (read && certificates[0]?.checkPrivateKey(read.key) === false) {
    ofKey("does not belong to tokenKeypair.certificate");
  }
  return problems;
}

/** What a pair that is there already needs, in the words of a setting that is required. */
const PARTS = {
  privateKey: "the private key in PEM",
  certificate: "the key's certificate in PEM",
} as const;

/** A pair is given whole; one that is made here is known by its number alone. */
export function completenessProblems(tokenKeypair: unknown): Problem[] {
  const has = (name: string) => field(tokenKeypair, name) !== undefined;
  const names = ["privateKey", "certificate"] as const;
  const given = names.filter(has);
  if (given.length === 0) return [];
  const missing = names
    .filter((name) => !has(name))
    .map((name) => ({
      setting: `tokenKeypair.${name}`,
      message: `is required: ${PARTS[name]}, as tokenKeypair.${given[0]} is set; without both a pair is made`,
    }));
  const numbered = {
    setting: "tokenKeypair.rotation",
    message: `is the number of a pair that is made here, but tokenKeypair.${given[0]} gives one; take either out`,
  };
  return has("rotation") ? [...missing, numbered] : missing;
}
