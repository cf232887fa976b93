import { X509Certificate, createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { publicKeyBlob } from "../host/ssh/openssh-key";

/** As long as the release's own tool makes it. */
const RSA_BITS = 4096;
/** Ten years: nothing checks a token certificate's age but the registry, at its start. */
const VALIDITY_HOURS = 10 * 365 * 24;

/** The pair of an installation that is there already. */
export interface TokenKeypairArgs {
  /** PEM, PKCS#1. */
  readonly privateKey: pulumi.Input<string>;
  /** PEM. */
  readonly certificate: string;
}

/** A given pair, its key's fingerprint as OpenSSH and the engine's own keys have it. */
function adopted({ privateKey, certificate }: TokenKeypairArgs) {
  const { blob } = publicKeyBlob(new X509Certificate(certificate).publicKey)!;
  const fingerprint = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { privateKey, certificate, fingerprint: `SHA256:${fingerprint}` };
}

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

  /**
   * @param protect whether the engine refuses to delete or replace the pair
   * @param given the pair of an installation that is there already; one is made otherwise
   */
  constructor(
    name: string,
    protect: boolean,
    given: TokenKeypairArgs | undefined,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("harbor-ha:index:TokenKeypair", name, {}, options);
    const pair = given ? adopted(given) : this.make(protect);
    this.privateKey = pulumi.secret(pair.privateKey);
    this.certificate = pulumi.output(pair.certificate);
    this.fingerprint = pulumi.output(pair.fingerprint);
    this.registerOutputs();
  }

  private make(protect: boolean) {
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
    return {
      privateKey: key.privateKeyPem,
      certificate: certificate.certPem,
      fingerprint: key.publicKeyFingerprintSha256,
    };
  }
}
