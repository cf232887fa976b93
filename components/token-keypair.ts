import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { publicKeyFingerprint } from "../host/ssh/openssh-key";

/** As long as the release's own tool makes it. */
const RSA_BITS = 4096;
/** Ten years: nothing checks a token certificate's age but the registry, at its start. */
const VALIDITY_HOURS = 10 * 365 * 24;

/**
 * Which keypair: `privateKey` and `certificate` together, of an installation that is there already, or
 * the number of one that is made here.
 */
export interface TokenKeypairArgs {
  /** PEM, PKCS#1. */
  readonly privateKey?: pulumi.Input<string>;
  /** PEM. */
  readonly certificate?: string;
  /** One more than before makes another pair. @default 1 */
  readonly rotation?: number;
}

/** A pair as this component hands it on. */
interface Keypair {
  readonly privateKey: pulumi.Input<string>;
  readonly certificate: pulumi.Input<string>;
  readonly fingerprint: pulumi.Input<string>;
}

/** A given pair, its key's fingerprint as OpenSSH and the engine's own keys have it. */
function adopted(privateKey: pulumi.Input<string>, certificate: string): Keypair {
  const fingerprint = publicKeyFingerprint(new X509Certificate(certificate).publicKey)!;
  return { privateKey, certificate, fingerprint };
}

/**
 * The one keypair by which every node signs tokens and every registry checks them. Nodes with
 * different pairs answer 401 to each other's tokens (goharbor/harbor#10352, goharbor/harbor#12229),
 * so they switch to another one together (KeypairSwitch).
 *
 * A pair that is made here has a number, the first one's resources have none in their names. The pair
 * before the current one is kept, unprotected: a rotation is taken back by its number, with the same
 * pair as before, and the engine can delete it when the number is raised again. A number that is
 * lowered, or raised by more than one, drops a pair that is protected in the state, which the engine
 * refuses; `pulumi state unprotect` of that key and certificate lets it.
 */
export class TokenKeypair extends pulumi.ComponentResource {
  /** PEM, PKCS#1, the only form that Harbor 1.x reads; secret. */
  readonly privateKey: pulumi.Output<string>;
  /** PEM. */
  readonly certificate: pulumi.Output<string>;
  /** SHA-256 of the public key. */
  readonly fingerprint: pulumi.Output<string>;

  /** @param protect whether the engine refuses to delete or replace the current pair */
  constructor(
    name: string,
    protect: boolean,
    { privateKey, certificate, rotation = 1 }: TokenKeypairArgs,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("harbor-ha:index:TokenKeypair", name, {}, options);
    const given = privateKey !== undefined && certificate !== undefined;
    const pair = given ? adopted(privateKey, certificate) : this.make(rotation, protect);
    if (!given && rotation > 1) this.make(rotation - 1, false);
    this.privateKey = pulumi.secret(pair.privateKey);
    this.certificate = pulumi.output(pair.certificate);
    this.fingerprint = pulumi.output(pair.fingerprint);
    this.registerOutputs();
  }

  private make(rotation: number, protect: boolean): Keypair {
    const number = rotation === 1 ? "" : `-${rotation}`;
    const key = new tls.PrivateKey(
      `token-key${number}`,
      { algorithm: "RSA", rsaBits: RSA_BITS },
      { parent: this, protect, additionalSecretOutputs: ["privateKeyPem"] },
    );
    const certificate = new tls.SelfSignedCert(
      `token-certificate${number}`,
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
