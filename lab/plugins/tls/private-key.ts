import { createHash, createPublicKey, generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { openSshPrivateKey, publicKeyBlob } from "../../../host/ssh/openssh-key";
import type { ResourceType } from "../protocol/provider";
import { UNKNOWN, type Properties } from "../protocol/values";

const generate = promisify(generateKeyPair);

const CURVES: Record<string, string> = {
  P224: "secp224r1",
  P256: "prime256v1",
  P384: "secp384r1",
  P521: "secp521r1",
};

async function newKey(inputs: Properties): Promise<KeyObject> {
  switch (inputs["algorithm"]) {
    case "RSA":
      return (await generate("rsa", { modulusLength: inputs["rsaBits"] as number })).privateKey;
    case "ECDSA": {
      const namedCurve = CURVES[inputs["ecdsaCurve"] as string] ?? "";
      return (await generate("ec", { namedCurve })).privateKey;
    }
    default:
      return (await generate("ed25519")).privateKey;
  }
}

/** The key's older format, which names its algorithm; Ed25519 has none. */
function traditionalPem(key: KeyObject): string {
  const types = { rsa: "pkcs1", ec: "sec1" } as const;
  const type = types[key.asymmetricKeyType as keyof typeof types] ?? "pkcs8";
  return key.export({ format: "pem", type }).toString();
}

function describe(key: KeyObject): Properties {
  const publicKey = createPublicKey(key);
  const ssh = publicKeyBlob(key);
  const md5 = ssh && createHash("md5").update(ssh.blob).digest("hex");
  const sha256 = ssh && createHash("sha256").update(ssh.blob).digest("base64");
  return {
    privateKeyPem: traditionalPem(key),
    privateKeyPemPkcs8: key.export({ format: "pem", type: "pkcs8" }).toString(),
    privateKeyOpenssh: openSshPrivateKey(key) ?? "",
    publicKeyPem: publicKey.export({ format: "pem", type: "spki" }).toString(),
    publicKeyOpenssh: ssh ? `${ssh.type} ${ssh.blob.toString("base64")}\n` : "",
    publicKeyFingerprintMd5: md5?.replace(/..(?!$)/g, "$&:") ?? "",
    publicKeyFingerprintSha256: sha256 ? `SHA256:${sha256.replace(/=+$/, "")}` : "",
  };
}

/** Identifies a key, and a request made with it, by its public part. */
export function keyId(key: KeyObject): string {
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  return createHash("sha1").update(spki).digest("hex");
}

function checkOneOf(inputs: Properties, property: string, allowed: readonly string[]) {
  const value = inputs[property];
  if (value === UNKNOWN || allowed.includes(value as string)) return [];
  return [{ property, reason: `must be one of ${allowed.join(", ")}` }];
}

export const privateKey: ResourceType = {
  replaceOn: "all",
  computed: [
    "privateKeyPem",
    "privateKeyPemPkcs8",
    "privateKeyOpenssh",
    "publicKeyPem",
    "publicKeyOpenssh",
    "publicKeyFingerprintMd5",
    "publicKeyFingerprintSha256",
  ],
  secretOutputs: ["privateKeyPem", "privateKeyPemPkcs8", "privateKeyOpenssh"],
  defaults: (inputs) => ({ rsaBits: 2048, ecdsaCurve: "P224", ...inputs }),
  check: (inputs) => [
    ...checkOneOf(inputs, "algorithm", ["RSA", "ECDSA", "ED25519"]),
    ...checkOneOf(inputs, "ecdsaCurve", Object.keys(CURVES)),
  ],
  async create(inputs) {
    const key = await newKey(inputs);
    return { id: keyId(key), outputs: describe(key) };
  },
};
