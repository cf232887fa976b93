import { X509Certificate, createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** A certificate from elsewhere. */
export interface ProvidedTlsArgs {
  readonly source: "provided";
  /** PEM: the server's certificate, then the intermediate ones. */
  readonly certificate: string;
  /** PEM. */
  readonly key: pulumi.Input<string>;
  /** PEM of the CA that clients have to trust. @default they trust it anyway */
  readonly ca?: string;
}

/** A certificate issued by a CA of the stack's own. */
export interface PrivateCaArgs {
  readonly source: "private-ca";
  /** Days that the server's certificate is valid. */
  readonly validityDays: number;
  /** Days before its end from which a deployment issues a new one. */
  readonly renewBeforeDays: number;
}

/** How clients reach the proxy: by plain HTTP, or by HTTPS with one of two kinds of certificate. */
export type TlsArgs = { readonly source: "none" } | ProvidedTlsArgs | PrivateCaArgs;

/** As long as every client of these releases' time can check. */
const CA_BITS = 4096;
const SERVER_BITS = 2048;
const CA_VALIDITY_DAYS = 10 * 365;
const HOURS = 24;

/** What `curl --pinnedpubkey` takes for a certificate's key. */
function publicKeyPin(certificate: string): string {
  const { publicKey } = new X509Certificate(certificate);
  const key = publicKey.export({ type: "spki", format: "der" });
  return `sha256//${createHash("sha256").update(key).digest("base64")}`;
}

/** The end of a certificate's validity (of the first one in a chain), as an ISO 8601 date. */
export function certificateExpiry(certificate: string): string {
  return new Date(new X509Certificate(certificate).validTo).toISOString();
}

/** What a person may know a certificate by. */
export function certificateNote(certificate: string): string {
  const { fingerprint256 } = new X509Certificate(certificate);
  return `valid until ${certificateExpiry(certificate).slice(0, 10)}, SHA-256 ${fingerprint256}`;
}

/**
 * The certificate by which the proxies of all nodes answer to the common name. One that a private CA
 * issues keeps its key when it is renewed, so nodes that still serve the earlier one are the same to
 * clients.
 */
export class ProxyCertificate extends pulumi.ComponentResource {
  /** PEM chain, the server's first. */
  readonly certificate: pulumi.Output<string>;
  /** PEM; secret. */
  readonly key: pulumi.Output<string>;
  /** PEM of the CA that clients have to trust; undefined where they trust it anyway. */
  readonly ca: pulumi.Output<string> | undefined;
  /** When the certificate ends, as an ISO 8601 date. */
  readonly expiry: pulumi.Output<string>;
  /** By which the health gate knows the key: `sha256//` and base64. */
  readonly pin: pulumi.Output<string>;

  /** @param protect whether the engine refuses to delete or replace the CA, which clients trust */
  constructor(
    hostname: string,
    args: ProvidedTlsArgs | PrivateCaArgs,
    protect: boolean,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("harbor-ha:index:ProxyCertificate", hostname, {}, options);
    if (args.source === "provided") {
      this.certificate = pulumi.output(args.certificate);
      this.key = pulumi.secret(args.key);
      this.ca = args.ca === undefined ? undefined : pulumi.output(args.ca);
    } else {
      const issued = this.issue(hostname, args, protect);
      this.certificate = issued.certificate;
      this.key = issued.key;
      this.ca = issued.ca;
    }
    this.expiry = this.certificate.apply(certificateExpiry);
    if (args.source === "private-ca") this.warnWhenOverdue(args.renewBeforeDays);
    this.pin = this.certificate.apply(publicKeyPin);
    this.registerOutputs();
  }

  /** A provider may renew at a refresh only, and not in every deployment. */
  private warnWhenOverdue(renewBeforeDays: number): void {
    this.expiry.apply((end) => {
      if (Date.parse(end) - Date.now() > renewBeforeDays * HOURS * 3_600_000) return;
      void pulumi.log.warn(
        `the proxies' certificate ends on ${end}; renew it: pulumi up --replace '**::proxy-certificate'`,
        this,
      );
    });
  }

  private issue(hostname: string, args: PrivateCaArgs, protect: boolean) {
    const inside = { parent: this };
    const secret = { additionalSecretOutputs: ["privateKeyPem"] };
    const caKey = new tls.PrivateKey(
      "ca-key",
      { algorithm: "RSA", rsaBits: CA_BITS },
      { ...inside, ...secret, protect },
    );
    const ca = new tls.SelfSignedCert(
      "ca-certificate",
      {
        privateKeyPem: caKey.privateKeyPem,
        subject: { commonName: `Harbor CA of ${hostname}` },
        allowedUses: ["cert_signing", "crl_signing"],
        isCaCertificate: true,
        setSubjectKeyId: true,
        validityPeriodHours: CA_VALIDITY_DAYS * HOURS,
      },
      { ...inside, protect },
    );
    const key = new tls.PrivateKey(
      "proxy-key",
      { algorithm: "RSA", rsaBits: SERVER_BITS },
      { ...inside, ...secret },
    );
    const request = new tls.CertRequest(
      "proxy-request",
      {
        privateKeyPem: key.privateKeyPem,
        // Old clients look at the common name, which holds 64 characters at most.
        subject: { commonName: hostname.length <= 64 ? hostname : "harbor" },
        dnsNames: [hostname],
      },
      inside,
    );
    const certificate = new tls.LocallySignedCert(
      "proxy-certificate",
      {
        caPrivateKeyPem: caKey.privateKeyPem,
        caCertPem: ca.certPem,
        certRequestPem: request.certRequestPem,
        allowedUses: ["digital_signature", "key_encipherment", "server_auth"],
        setSubjectKeyId: true,
        validityPeriodHours: args.validityDays * HOURS,
        earlyRenewalHours: args.renewBeforeDays * HOURS,
      },
      inside,
    );
    return {
      certificate: certificate.certPem,
      key: pulumi.secret(key.privateKeyPem),
      ca: ca.certPem,
    };
  }
}
