import { createPublicKey } from "node:crypto";
import { publicKeyFingerprint } from "../../host/ssh/openssh-key";

/**
 * The fingerprint of a public key, as OpenSSH has it; undefined for what is neither one nor a
 * certificate.
 * @param pem a public key or a certificate
 */
export function keyFingerprint(pem: string): string | undefined {
  try {
    return publicKeyFingerprint(createPublicKey(pem));
  } catch {
    return undefined;
  }
}
