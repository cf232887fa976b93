import { createPrivateKey, createPublicKey, webcrypto, type KeyObject } from "node:crypto";

export type Algorithm = "RSA" | "ECDSA" | "ED25519";

export interface SigningKey {
  key: KeyObject;
  algorithm: Algorithm;
  /** The same key for WebCrypto, which is what certificates are signed with. */
  pair: webcrypto.CryptoKeyPair;
  /** How to sign with it. */
  signature: { signingAlgorithm: { name: string; hash: string } };
}

const CURVES: Record<string, { namedCurve: string; hash: string }> = {
  prime256v1: { namedCurve: "P-256", hash: "SHA-256" },
  secp384r1: { namedCurve: "P-384", hash: "SHA-384" },
  secp521r1: { namedCurve: "P-521", hash: "SHA-512" },
};

interface Parameters {
  name: string;
  hash: string;
  namedCurve?: string;
}

function parametersOf(key: KeyObject): { algorithm: Algorithm; parameters: Parameters } {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return { algorithm: "RSA", parameters: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } };
    case "ed25519":
      return { algorithm: "ED25519", parameters: { name: "Ed25519", hash: "SHA-512" } };
    case "ec": {
      const curve = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ""];
      if (!curve) throw new Error("the lab's tls plugin cannot sign with this curve");
      return { algorithm: "ECDSA", parameters: { name: "ECDSA", ...curve } };
    }
    default:
      throw new Error(`unsupported private key type: ${key.asymmetricKeyType}`);
  }
}

/** @throws For text that is not an unencrypted private key, without repeating any of it. */
export async function signingKey(pem: unknown): Promise<SigningKey> {
  let key: KeyObject;
  try {
    key = createPrivateKey(typeof pem === "string" ? pem : "");
  } catch {
    throw new Error("failed to decode the private key: expected an unencrypted PEM");
  }
  const { algorithm, parameters } = parametersOf(key);
  const pkcs8 = key.export({ format: "der", type: "pkcs8" });
  const spki = createPublicKey(key).export({ format: "der", type: "spki" });
  const { subtle } = webcrypto;
  return {
    key,
    algorithm,
    pair: {
      privateKey: await subtle.importKey("pkcs8", pkcs8, parameters, true, ["sign"]),
      publicKey: await subtle.importKey("spki", spki, parameters, true, ["verify"]),
    },
    signature: { signingAlgorithm: { name: parameters.name, hash: parameters.hash } },
  };
}
