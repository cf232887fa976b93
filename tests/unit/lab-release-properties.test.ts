import { DatabaseStore } from "../../lab/release/services/1.5/database-store";
import { atStart, SETTINGS, takenOver } from "../../lab/release/services/1.5/settings";
import { atStart as atEarlierStart } from "../../lab/release/services/1.1/settings";
import { mapSecrets } from "../../lab/release/services/configuration";
import { encrypt } from "../../lab/release/services/encryption";
import { PropertiesTable } from "./fixtures/properties-table";

const KEY = Buffer.from("0123456789abcdef");
const ENV = {
  MYSQL_HOST: "db1",
  MYSQL_PORT: "3306",
  MYSQL_PWD: "pass-word",
  TOKEN_EXPIRATION: "30",
  SELF_REGISTRATION: "on",
  LDAP_SCOPE: "2",
  EMAIL_HOST: "mail1",
  RESET: "true",
  RELOAD_KEY: "first",
};

describe("settings at a start", () => {
  const stored = { ...atStart(undefined, ENV), token_expiration: 77, self_registration: false };
  const changed = { ...ENV, MYSQL_HOST: "db2", EMAIL_HOST: "mail2" };

  it("are the environment at the first, every one of them", () => {
    const settings = atStart(undefined, ENV);
    expect(Object.keys(settings).sort()).toEqual(Object.keys(SETTINGS).sort());
    expect(settings).toMatchObject({ token_expiration: 30, reload_key: "first" });
  });

  it("are the stored ones while the reload key stays, but for what each start takes anew", () => {
    expect(atStart(stored, changed)).toEqual({ ...stored, mysql_host: "db2" });
  });

  it("are the environment once with another reload key", () => {
    const reset = atStart(stored, { ...changed, RELOAD_KEY: "second" });
    expect(reset).toMatchObject({
      token_expiration: 30,
      self_registration: true,
      email_host: "mail2",
      reload_key: "second",
    });
    const later = { ...reset, token_expiration: 78 };
    expect(atStart(later, { ...changed, RELOAD_KEY: "second" }).token_expiration).toBe(78);
  });

  it("are the stored ones with RESET=false, whatever the reload key", () => {
    const settings = atStart(stored, { ...changed, RESET: "false", RELOAD_KEY: "second" });
    expect(settings).toMatchObject({ token_expiration: 77, reload_key: "first" });
  });

  it("leave out of a reset what the pattern names", () => {
    const env = { ...changed, RELOAD_KEY: "second" };
    const skip = (pattern: string) => atStart(stored, { ...env, SKIP_RELOAD_ENV_PATTERN: pattern });
    expect(skip("(^EMAIL.*)|(^LDAP.*)").email_host).toBe("mail1");
    expect(skip("$^").email_host).toBe("mail2");
    expect(skip("(").email_host).toBe("mail2");
  });

  it("keep the LDAP scope in its range", () => {
    expect(atStart(undefined, { ...ENV, LDAP_SCOPE: "3" }).ldap_scope).toBe(2);
    expect([-1, 1, 2, 3].map((scope) => takenOver({ ldap_scope: scope }).ldap_scope)).toEqual([
      0, 0, 1, 2,
    ]);
  });
});

describe("settings in the database", () => {
  it("are text, the passwords among them encrypted", async () => {
    const table = new PropertiesTable();
    const store = new DatabaseStore(table, KEY);
    expect(await store.read()).toBeUndefined();
    const settings = atStart(undefined, ENV);
    await store.write(settings);
    expect(table.values.get("token_expiration")).toBe("30");
    expect(table.values.get("self_registration")).toBe("true");
    expect(table.values.get("mysql_password")).toMatch(/^<enc-v1>/);
    expect([...table.values.values()].join()).not.toContain("pass-word");
    expect(await store.read()).toEqual(settings);
    await store.write({ ...settings, token_expiration: 31 });
    expect((await store.read())?.token_expiration).toBe(31);
  });

  it("take over an earlier release's file, whose secrets stay encrypted as they are", async () => {
    const table = new PropertiesTable();
    const store = new DatabaseStore(table, KEY);
    const earlier = atEarlierStart(undefined, { ...ENV, TOKEN_EXPIRATION: "99" });
    const file = mapSecrets(SETTINGS, earlier, (text) => encrypt(text, KEY));
    await store.writeAsIs(takenOver(file));
    expect(table.values.get("mysql_password")).toBe(file.mysql_password);
    const taken = await store.read();
    expect(taken).toMatchObject({ mysql_password: "pass-word", token_expiration: 99 });
    expect(atStart(taken, { ...ENV, RESET: "false" })).toMatchObject({
      token_expiration: 99,
      // Nothing was stored for what the earlier release did not know.
      reload_key: "first",
    });
  });

  it("refuse a number that is none", async () => {
    const table = new PropertiesTable();
    table.values.set("token_expiration", "soon");
    await expect(new DatabaseStore(table as never, KEY).read()).rejects.toThrow("token_expiration");
  });
});
