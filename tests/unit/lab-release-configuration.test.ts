import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileStore } from "../../lab/release/services/1.1/file-store";
import { atStart, SETTINGS } from "../../lab/release/services/1.1/settings";
import { parseHttpPort } from "../../lab/release/services/app-conf";
import { fromEnvironment } from "../../lab/release/services/configuration";
import { decrypt, encrypt, readSecretKey } from "../../lab/release/services/encryption";

const KEY = Buffer.from("0123456789abcdef");
const OTHER_KEY = Buffer.from("fedcba9876543210");
const ENV = {
  MYSQL_HOST: "db1",
  MYSQL_PORT: "3306",
  MYSQL_PWD: "pass-word",
  EXT_ENDPOINT: "http://hub:8070",
  SELF_REGISTRATION: "on",
  VERIFY_REMOTE_CERT: "off",
  WITH_NOTARY: "False",
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lab-release-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("configuration at a start", () => {
  const stored = { ...atStart(undefined, ENV), self_registration: false };
  const env = { ...ENV, MYSQL_HOST: "db2", MYSQL_PWD: "new", EXT_ENDPOINT: "http://other" };

  it("is the environment at the first", () => {
    const configuration = atStart(undefined, ENV);
    expect(Object.keys(configuration).sort()).toEqual(Object.keys(SETTINGS).sort());
    expect(configuration).toMatchObject({
      mysql_host: "db1",
      mysql_port: 3306,
      self_registration: true,
      verify_remote_cert: false,
      with_notary: false,
      ldap_timeout: 0,
    });
  });

  it("is what was stored with RESET=false, but for what each start takes anew", () => {
    expect(atStart(stored, { ...env, RESET: "false" })).toEqual({
      ...stored,
      mysql_password: "new",
      ext_endpoint: "http://other",
    });
  });

  it("is the environment with RESET=true", () => {
    const configuration = atStart(stored, { ...env, RESET: "true" });
    expect(configuration).toMatchObject({ mysql_host: "db2", self_registration: true });
  });

  it("refuses a number that is none", () => {
    expect(() => fromEnvironment(SETTINGS, { MYSQL_PORT: "x" })).toThrow('MYSQL_PORT: "x"');
  });
});

describe("configuration file", () => {
  it("keeps secrets encrypted, for root alone", async () => {
    const file = join(folder, "config", "config.json");
    const store = new FileStore(file, KEY);
    expect(await store.read()).toBeUndefined();
    const configuration = fromEnvironment(SETTINGS, ENV);
    await store.write(configuration);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, "utf8")).not.toContain("pass-word");
    expect(await store.read()).toEqual(configuration);
  });

  it("gives another password under another key, and no error", async () => {
    const file = join(folder, "config.json");
    await new FileStore(file, KEY).write(fromEnvironment(SETTINGS, ENV));
    const read = await new FileStore(file, OTHER_KEY).read();
    expect(read?.mysql_host).toBe("db1");
    expect(read?.mysql_password).not.toBe("pass-word");
  });

  it("is none when it is empty", async () => {
    writeFileSync(join(folder, "config.json"), "");
    expect(await new FileStore(join(folder, "config.json"), KEY).read()).toBeUndefined();
  });
});

describe("encryption", () => {
  it("never gives the same text twice", () => {
    expect(encrypt("secret", KEY)).not.toBe(encrypt("secret", KEY));
    expect(decrypt(encrypt("sécret", KEY), KEY)).toBe("sécret");
  });

  it("is AES-128 in CFB mode with the vector in front, as Harbor's own", () => {
    // Made with openssl enc -aes-128-cfb, the vector before the text.
    const encrypted = "<enc-v1>AAECAwQFBgcICQoLDA0OD8QY7ZGA3s1z1OXymvfTJsV5";
    expect(decrypt(encrypted, KEY)).toBe("database-password");
  });

  it("refuses what is not encrypted", () => {
    expect(() => decrypt("plain", KEY)).toThrow("not encrypted");
  });

  it.each(["0123456789abcde", "0123456789abcdef\n", ""])("refuses the secretkey %j", (text) => {
    const file = join(folder, "secretkey");
    writeFileSync(file, text);
    expect(() => readSecretKey(file)).toThrow("exactly 16 characters");
  });
});

describe("app.conf", () => {
  it("names the port of the run mode", () => {
    expect(parseHttpPort("runmode = prod\n[dev]\nhttpport = 80\n[prod]\nhttpport = 8080\n")).toBe(
      8080,
    );
    expect(parseHttpPort("runmode = dev\n\n[dev]\nhttpport = 81\n")).toBe(81);
    expect(parseHttpPort("")).toBe(80);
    expect(() => parseHttpPort("httpport = x")).toThrow("no port");
  });
});
