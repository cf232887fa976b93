import fc from "fast-check";
import { SECRET_SETTINGS } from "../../settings";
import {
  failure,
  problems,
  read,
  SECRETS,
  VALID,
  withSecrets,
  withSetting,
} from "./fixtures/settings";

const ALL = withSecrets({
  ...VALID,
  database: { ...(VALID["database"] as object), admin: { user: "root" } },
  dns: {
    provider: "rfc2136",
    server: "ns1.example.com",
    zone: "example.com",
    tsig: { name: "harbor-ha" },
  },
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

test("a plain key without a secret in it is no problem", () => {
  const encrypted = new Set(SECRET_SETTINGS.map((setting) => setting.split(".")[0]!));
  expect(() => read(ALL, encrypted)).not.toThrow();
});

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
