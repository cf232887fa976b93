import { webcrypto } from "node:crypto";
import type { ResourceType } from "../protocol/provider";
import { alternativeNames, loadX509, subjectName, usages } from "./extensions";
import { keyId } from "./private-key";
import { signingKey } from "./signing-key";
import {
  CERTIFICATE_OUTPUTS,
  certificateDefaults,
  certificateOutputs,
  checkCertificate,
  newValidity,
  renewalDue,
  REPLACING,
} from "./validity";

const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";

const certificate = {
  replaceOn: REPLACING,
  secretOutputs: [],
  check: checkCertificate,
  outdated: renewalDue,
};

export const selfSignedCert: ResourceType = {
  ...certificate,
  computed: [...CERTIFICATE_OUTPUTS, "keyAlgorithm"],
  secretOutputs: ["privateKeyPem"],
  defaults: (inputs) => certificateDefaults({ setAuthorityKeyId: false, ...inputs }),
  async create(inputs) {
    const library = await loadX509();
    const signer = await signingKey(inputs["privateKeyPem"]);
    const name = subjectName(inputs);
    if (inputs["isCaCertificate"] === true && name.length === 0) {
      throw new Error("a certificate authority needs a subject with at least one part");
    }
    const validity = newValidity(inputs);
    const { publicKey, privateKey } = signer.pair;
    const withId = inputs["setSubjectKeyId"] === true || inputs["isCaCertificate"] === true;
    if (inputs["setAuthorityKeyId"] === true && !withId) {
      throw new Error("setAuthorityKeyId needs setSubjectKeyId or isCaCertificate");
    }
    const extensions = [...usages(library, inputs), ...alternativeNames(library, inputs)];
    if (withId) {
      const { SubjectKeyIdentifierExtension: Id } = library;
      extensions.push(await Id.create(publicKey, false, webcrypto));
    }
    if (inputs["setAuthorityKeyId"] === true) {
      const { AuthorityKeyIdentifierExtension: Id } = library;
      extensions.push(await Id.create(publicKey, false, webcrypto));
    }
    const made = await library.X509CertificateGenerator.createSelfSigned(
      { ...validity, name, keys: { publicKey, privateKey }, extensions, ...signer.signature },
      webcrypto,
    );
    const { id, outputs } = certificateOutputs(made.toString("pem"), validity);
    return { id, outputs: { ...outputs, keyAlgorithm: signer.algorithm } };
  },
};

export const certRequest: ResourceType = {
  replaceOn: "all",
  computed: ["certRequestPem", "keyAlgorithm"],
  secretOutputs: ["privateKeyPem"],
  async create(inputs) {
    const library = await loadX509();
    const signer = await signingKey(inputs["privateKeyPem"]);
    const request = await library.Pkcs10CertificateRequestGenerator.create(
      {
        name: subjectName(inputs),
        keys: signer.pair,
        extensions: alternativeNames(library, inputs),
        ...signer.signature,
      },
      webcrypto,
    );
    const certRequestPem = `${request.toString("pem").trim()}\n`;
    return { id: keyId(signer.key), outputs: { certRequestPem, keyAlgorithm: signer.algorithm } };
  },
};

export const locallySignedCert: ResourceType = {
  ...certificate,
  computed: [...CERTIFICATE_OUTPUTS, "caKeyAlgorithm"],
  secretOutputs: ["caPrivateKeyPem"],
  defaults: certificateDefaults,
  async create(inputs) {
    const library = await loadX509();
    const signer = await signingKey(inputs["caPrivateKeyPem"]);
    const authority = new library.X509Certificate(inputs["caCertPem"]);
    const request = new library.Pkcs10CertificateRequest(inputs["certRequestPem"]);
    if (!(await request.verify(webcrypto)))
      throw new Error("failed to verify the request's signature");
    const validity = newValidity(inputs);
    const extensions = usages(library, inputs);
    const names = request.getExtension(SUBJECT_ALTERNATIVE_NAME);
    if (names) extensions.push(names);
    const { SubjectKeyIdentifierExtension, AuthorityKeyIdentifierExtension } = library;
    if (inputs["setSubjectKeyId"] === true || inputs["isCaCertificate"] === true) {
      const { publicKey } = request;
      extensions.push(await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto));
    }
    const authorityId = authority.getExtension(SubjectKeyIdentifierExtension);
    if (authorityId) extensions.push(new AuthorityKeyIdentifierExtension(authorityId.keyId));
    const made = await library.X509CertificateGenerator.create(
      {
        ...validity,
        subject: request.subjectName,
        issuer: authority.subjectName,
        publicKey: request.publicKey,
        signingKey: signer.pair.privateKey,
        extensions,
        ...signer.signature,
      },
      webcrypto,
    );
    const { id, outputs } = certificateOutputs(made.toString("pem"), validity);
    return { id, outputs: { ...outputs, caKeyAlgorithm: signer.algorithm } };
  },
};
