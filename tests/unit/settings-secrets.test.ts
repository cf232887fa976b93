import fc from "fast-check";
import { SECRET_SETTINGS } from "../../settings";
import { makeCertificate } from "./fixtures/certificates";
import {
  failure,
  type Given,
  problems,
  read,
  SECRETS,
  TLS_KEY,
  TOKEN_KEY,
  VALID,
  withSecrets,
  withSetting,
} from "./fixtures/settings";

let ALL: Given;
beforeAll(async () => {
  const tls = await makeCertificate({ names: ["hub.example.com"], key: TLS_KEY });
  const token = await makeCertificate({ key: TOKEN_KEY });
  ALL = withSecrets({
    ...VALID,
    database: { ...(VALID["database"] as object), admin: { user: "root" } },
    dns: {
      provider: "rfc2136",
      server: "ns1.example.com",
      zone: "example.com",
      tsig: { name: "harbor-ha" },
    },
    tls: { source: "provided", certificate: tls.certificate },
    tokenKeypair: { certificate: token.certificate },
  });
});

test("the complete settings are valid", () => {
  expect(() => read(ALL)).not.toThrow();
});

test.each(SECRET_SETTINGS)("%s in plain text is refused, and not repeated", (setting) => {
  const [key] = setting.split(".");
  const encrypted = Object.keys(ALL).filter((name) => name !== key);
  const error = failure(ALL, encrypted);
  expect(error.problems).toContainEqual({
    setting,
    message: `stands in plain text; set it with \`pulumi config set --secret --path 'harbor-ha:${setting}'\``,
  });
  for (const secret of Object.values(SECRETS)) expect(error.message).not.toContain(secret);
});

test("a secret of digits that a stack file has as a number is refused too", () => {
  const given = { ...VALID, harborConfig: { email_password: 123456 } };
  expect(problems(given, Object.keys(VALID))).toEqual([
    {
      setting: "harborConfig.email_password",
      message: expect.stringMatching(/^stands in plain text/),
    },
  ]);
});

test("a plain key without a secret in it is no problem", () => {
  const encrypted = new Set(SECRET_SETTINGS.map((setting) => setting.split(".")[0]!));
  expect(() => read(ALL, encrypted)).not.toThrow();
});

const PROXY = "http://harbor:Secret-proxy@proxy.example.com:3128";

test.each(["http", "https"])("a password in proxy.%s is a secret", (name) => {
  const given = { ...VALID, proxy: { [name]: PROXY } };
  expect(() => read(given)).not.toThrow();
  const error = failure(given, Object.keys(VALID));
  expect(error.problems).toEqual([
    { setting: `proxy.${name}`, message: expect.stringMatching(/^stands in plain text/) },
  ]);
  expect(error.message).not.toContain("Secret-proxy");
});

test.each(["harbor:Secret@proxy", "http://harbor:Secret@proxy", "http://:Secret@x:1/path"])(
  "so is one in a URL that is none: %s",
  (url) => {
    const error = failure({ ...VALID, proxy: { http: url } }, Object.keys(VALID));
    expect(error.problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^must be a proxy's URL/),
      expect.stringMatching(/^stands in plain text/),
    ]);
    expect(error.message).not.toContain("Secret");
  },
);

test.each(["http://proxy.example.com:3128", "http://harbor@proxy.example.com:3128"])(
  "a proxy without a password is none: %s",
  (http) => expect(() => read({ ...VALID, proxy: { http } }, Object.keys(VALID))).not.toThrow(),
);

/** Texts that none of the rules accepts, and that cannot be part of a message by chance. */
const badSecret = fc
  .string({ minLength: 4, maxLength: 40, unit: "grapheme" })
  .map((value) => `\u00a7 ,${value}`);

test.each(SECRET_SETTINGS)("no bad value of %s appears in the error", (setting) => {
  fc.assert(
    fc.property(badSecret, fc.boolean(), (value, encrypted) => {
      const error = failure(withSetting(ALL, setting, value), encrypted ? Object.keys(ALL) : []);
      expect(error.problems.map((problem) => problem.setting)).toContain(setting);
      expect(error.message).not.toContain(value);
      expect(error.stack).not.toContain(value);
    }),
  );
});

test.each(SECRET_SETTINGS)("nor does one in the place of the structure around %s", (setting) => {
  const place = setting.slice(0, setting.lastIndexOf("."));
  fc.assert(
    fc.property(fc.oneof(badSecret, fc.array(badSecret, { minLength: 1 })), (value) => {
      const given = withSetting(ALL, place, value);
      const { message } = failure(given);
      for (const text of [value].flat()) expect(message).not.toContain(text);
    }),
  );
});

test("a Redis password is accepted exactly where Harbor can carry it", () => {
  const carried = /^[A-Za-z0-9._~+=!*^-]+$/;
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 24 }), (password) => {
      const given = withSetting(ALL, "redis.password", password);
      if (carried.test(password)) expect(read(given).redis.password).toBe(password);
      else expect(problems(given).map(({ setting }) => setting)).toEqual(["redis.password"]);
    }),
  );
});
