import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** As long as the release's own tool makes it. */
const RSA_BITS = 4096;
/** Ten years: nothing checks a token certificate's age but the registry, at its start. */
const VALIDITY_HOURS = 10 * 365 * 24;

/**
 * The one keypair by which every node signs tokens and every registry checks them. Nodes with
 * different pairs answer 401 to each other's tokens (goharbor/harbor#10352, goharbor/harbor#12229).
 */
export class TokenKeypair extends pulumi.ComponentResource {
  /** PEM, PKCS#1, the only form that Harbor 1.x reads; secret. */
  readonly privateKey: pulumi.Output<string>;
  /** PEM. */
  readonly certificate: pulumi.Output<string>;
  /** SHA-256 of the public key. */
  readonly fingerprint: pulumi.Output<string>;

  /** @param protect whether the engine refuses to delete or replace the pair */
  constructor(name: string, protect: boolean, options: pulumi.ComponentResourceOptions) {
    super("harbor-ha:index:TokenKeypair", name, {}, options);
    const key = new tls.PrivateKey(
      "token-key",
      { algorithm: "RSA", rsaBits: RSA_BITS },
      { parent: this, protect, additionalSecretOutputs: ["privateKeyPem"] },
    );
    const certificate = new tls.SelfSignedCert(
      "token-certificate",
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: "harbor-token-issuer" },
        allowedUses: ["digital_signature", "cert_signing"],
        isCaCertificate: true,
        validityPeriodHours: VALIDITY_HOURS,
      },
      { parent: this, protect },
    );
    this.privateKey = pulumi.secret(key.privateKeyPem);
    this.certificate = certificate.certPem;
    this.fingerprint = key.publicKeyFingerprintSha256;
    this.registerOutputs();
  }
}
