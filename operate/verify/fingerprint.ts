import { createHash, createPublicKey } from "node:crypto";
import { publicKeyBlob } from "../../host/ssh/openssh-key";

/**
 * The fingerprint of a public key, as OpenSSH has it; undefined for what is neither one nor a
 * certificate.
 * @param pem a public key or a certificate
 */
export function keyFingerprint(pem: string): string | undefined {
  try {
    const { blob } = publicKeyBlob(createPublicKey(pem)) ?? {};
    if (blob === undefined) return undefined;
    const sum = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
    return `SHA256:${sum}`;
  } catch {
    return undefined;
  }
}
