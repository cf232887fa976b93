import { readSettings } from "../../settings";
import { type Certified, keyPem, makeCertificate, NOW, rsaKey } from "./fixtures/certificates";
import { asEngine, type Given, problems, read, VALID } from "./fixtures/settings";

/* That the checks of certificates are made of what a stack says, with all others. */

const tokenKey = rsaKey();
let server: Certified;
let token: Certified;
beforeAll(async () => {
  server = await makeCertificate({ names: ["hub.example.com"] });
  token = await makeCertificate({ key: tokenKey });
});

const stack = (): Given => ({
  ...VALID,
  tls: { source: "provided", certificate: server.certificate, key: keyPem(server.key) },
  tokenKeypair: { privateKey: keyPem(tokenKey, "pkcs1"), certificate: token.certificate },
});

test("texts in PEM are taken with the line ends that everybody reads", () => {
  const windows = `\r\n${server.certificate.trim().replaceAll("\n", "\r\n")}`;
  const given = stack();
  const tls = { ...(given["tls"] as Given), certificate: windows, ca: windows };
  expect(read({ ...given, tls })).toMatchObject({
    tls: { certificate: server.certificate, ca: server.certificate, key: keyPem(server.key) },
    tokenKeypair: given["tokenKeypair"],
  });
});

test("their problems are in the one error with all others", () => {
  const given = {
    ...stack(),
    hostname: "other.example.com",
    port: 0,
    tokenKeypair: { privateKey: keyPem(tokenKey), certificate: token.certificate },
  };
  expect(problems(given)).toEqual([
    { setting: "port", message: expect.stringMatching(/^must be a TCP port/) },
    { setting: "tls.certificate", message: expect.stringMatching(/^is not for "other\.example/) },
    { setting: "tokenKeypair.privateKey", message: expect.stringMatching(/^is in PKCS#8/) },
  ]);
});

test("what is missing is said once", () => {
  const given = { ...stack(), tls: { source: "provided" }, tokenKeypair: { privateKey: "" } };
  expect(problems(given)).toEqual([
    { setting: "tls.certificate", message: "is required: the certificate in PEM" },
    { setting: "tls.key", message: "is required: the certificate's private key in PEM" },
    { setting: "tokenKeypair.privateKey", message: "is required: the private key in PEM" },
    {
      setting: "tokenKeypair.certificate",
      message:
        "is required: the key's certificate in PEM, as tokenKeypair.privateKey is set; without both a pair is made",
    },
  ]);
});

describe("a token keypair", () => {
  const problemsOf = (tokenKeypair: Given) => problems({ ...stack(), tokenKeypair });

  test("that is made here has a number, and is no secret", () => {
    const given = { ...stack(), tls: undefined, tokenKeypair: { rotation: 3 } };
    const secrets = Object.keys(VALID);
    expect(read(given, secrets).tokenKeypair).toEqual({ rotation: 3 });
  });

  test.each([0, 1.5, "next"])("has no number %s", (rotation) => {
    expect(problemsOf({ rotation })).toEqual([
      {
        setting: "tokenKeypair.rotation",
        message: expect.stringMatching(/^must be a rotation's number: a whole number from 1/),
      },
    ]);
  });

  test("that is given needs its private key", () => {
    expect(problemsOf({ certificate: token.certificate })).toEqual([
      {
        setting: "tokenKeypair.privateKey",
        message:
          "is required: the private key in PEM, as tokenKeypair.certificate is set; without both a pair is made",
      },
    ]);
  });

  test("that is given has no number", () => {
    expect(problemsOf({ ...(stack()["tokenKeypair"] as Given), rotation: 2 })).toEqual([
      {
        setting: "tokenKeypair.rotation",
        message:
          "is the number of a pair that is made here, but tokenKeypair.privateKey gives one; take either out",
      },
    ]);
  });
});

test("a hostname that is none is not looked for in the certificate", () => {
  const found = problems({ ...stack(), hostname: "https://hub" });
  expect(found.map(({ setting }) => setting)).toEqual(["hostname"]);
});

test("a certificate is judged by the time that is given", () => {
  const given = stack();
  const configuration = { values: asEngine(given), secretKeys: new Set(Object.keys(given)) };
  expect(() => readSettings(configuration, NOW)).not.toThrow();
  const later = new Date(NOW.getTime() + 400 * 86_400_000);
  expect(() => readSettings(configuration, later)).toThrow(
    /^2 problems.*tls\.certificate\n +has expired.*tokenKeypair\.certificate\n +has expired/s,
  );
});
