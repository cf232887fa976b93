import type { X509Certificate } from "node:crypto";
import type { Problem } from "./errors";
import { type Report, readCertificates, readKey, reporter } from "./pem";
import { checkValidity, nameOf } from "./validity";

/*
 * Whether a server's certificates and key fit each other, the registry's name and the day: what would
 * otherwise be noticed by clients, or by a proxy that does not start.
 */

/** Any use, and use by a server, as extended key usages name them. */
const SERVER_USES = ["2.5.29.37.0", "1.3.6.1.5.5.7.3.1"];

function isIssued(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

/** Says what clients would not take of a server's certificate. */
function checkServer(leaf: X509Certificate, hostname: string | undefined, report: Report): void {
  // Clients know no other wildcard than a whole label, and look at no Common Name.
  const rules = { subject: "never", partialWildcards: false } as const;
  if (hostname !== undefined && leaf.checkHost(hostname, rules) === undefined) {
    report(
      `is not for ${JSON.stringify(hostname)}, but for ${leaf.subjectAltName ?? "no name"}; the hostname must be in its Subject Alternative Name (clients ignore the Common Name)`,
    );
  }
  // Its type says that there always are some; a certificate for any use has none.
  const uses = leaf.keyUsage as string[] | undefined;
  if (uses !== undefined && !uses.some((use) => SERVER_USES.includes(use))) {
    report("is not for servers: its Extended Key Usage lacks TLS Web Server Authentication");
  }
}

/** Says where a chain, the server's certificate first, is not one. */
function checkChain(chain: readonly X509Certificate[], report: Report): void {
  chain.slice(1).forEach((issuer, i) => {
    const certificate = chain[i]!;
    if (!isIssued(certificate, issuer)) {
      report(
        `is no chain: ${nameOf(certificate, i)} was not issued by ${nameOf(issuer, i + 1)}; the server's certificate comes first, then the issuer of each`,
      );
    } else if (!issuer.ca) {
      report(`is no chain: ${nameOf(issuer, i + 1)} is not a CA's`);
    }
  });
}

function checkCa(cas: readonly X509Certificate[], last: X509Certificate, report: Report): void {
  const isLast = (ca: X509Certificate) => ca.raw.equals(last.raw);
  cas.forEach((ca, i) => {
    // A certificate that signed itself may be trusted as it is.
    if (!ca.ca && !isLast(ca)) report(`must be a CA's: ${nameOf(ca, i)} is not`);
  });
  if (!cas.some((ca) => isLast(ca) || isIssued(last, ca))) {
    report(
      `did not issue the last certificate of tls.certificate, which is of ${last.issuer.replaceAll("\n", ", ")}; give that CA here, or the certificates between the two there`,
    );
  }
}

/**
 * Problems of a certificate that is provided, its key and its CA: each as far as it is given.
 *
 * @param hostname the registry's name; left out when it is none
 */
export function tlsProblems(
  tls: {
    readonly certificate?: string | undefined;
    readonly key?: string | undefined;
    readonly ca?: string | undefined;
  },
  hostname: string | undefined,
  now: Date,
): Problem[] {
  const problems: Problem[] = [];
  const [ofCertificate, ofKey, ofCa] = ["certificate", "key", "ca"].map((name) =>
    reporter(problems, `tls.${name}`),
  ) as [Report, Report, Report];
  const chain =
    tls.certificate === undefined ? [] : readCertificates(tls.certificate, ofCertificate);
  const key = tls.key === undefined ? undefined : readKey(tls.key, ofKey)?.key;
  const cas = tls.ca === undefined ? [] : readCertificates(tls.ca, ofCa);
  checkValidity(chain, now, ofCertificate);
  checkValidity(cas, now, ofCa);
  const [leaf] = chain;
  // In a chain that begins with a CA everything else would be compared with the wrong certificate.
  if (leaf?.ca && chain.length > 1) {
    ofCertificate(`begins with a CA's: ${nameOf(leaf, 0)}; the server's certificate comes first`);
    return problems;
  }
  checkChain(chain, ofCertificate);
  const kind = key?.asymmetricKeyType;
  if (kind !== undefined && kind !== "rsa" && kind !== "ec") {
    ofKey(`must be RSA or EC, as the release's proxy reads no other; it is ${kind}`);
  } else if (leaf && key && !leaf.checkPrivateKey(key)) {
    ofKey("does not belong to the first certificate of tls.certificate");
  }
  if (leaf) checkServer(leaf, hostname, ofCertificate);
  const last = chain.at(-1);
  if (last && cas.length > 0) checkCa(cas, last, ofCa);
  return problems;
}
