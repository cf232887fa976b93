import fc from "fast-check";
import { hiddenKeys, hiddenNames, releaseSettings } from "../../components/cluster-release";
import {
  type HiddenName,
  type HiddenValues,
  shownRelease,
} from "../../components/deployed-release";
import type { HarborClusterArgs } from "../../components/harbor-cluster";
import { registryAddress } from "../../components/registry-address";
import { commandText } from "../../host/command";
import { type Installer, ReleaseError } from "../../release/installer";
import { renderRelease } from "../../release/render";
import { variablesOf } from "../../release/template";
import { SettingsError } from "../../settings";
import { releaseFiles } from "../../lab/release/installer";
import { keyPem, makeCa, makeLeaf } from "./fixtures/certificates";
import { type Given, read, VALID } from "./fixtures/settings";

const RUNS = 50;

/** The stand-ins have the keys and templates of the releases whose shape they have. */
const RELEASES = ["1.1.2", "1.5.4"] as const;

const text = (allowed: string, minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...allowed), minLength, maxLength });

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const label = text("abcdefghijklmnopqrstuvwxyz0123456789", 1, 12);
const host = fc
  .tuple(label, label, label)
  .map((labels) => labels.map((name) => `h${name}`).join("."));
/** Long enough that it is nowhere by chance. */
const secret = (further: string) => text(LETTERS + further, 12, 40).map((value) => `Q7x${value}q`);

/** Keys that both releases have. Some of the values are refused, and are no examples then. */
const harborConfig = fc.record(
  {
    ldap_url: fc.string({ maxLength: 20 }).map((value) => `ldaps://${value}.example.com`),
    ldap_searchdn: fc.string({ maxLength: 20 }).map((value) => `uid=${value},dc=example`),
    ldap_search_pwd: secret(" $#%{}\"'="),
    email_password: secret(" $#%{}\"'="),
    email_from: fc.string({ unit: "grapheme", maxLength: 20 }).map((value) => `<${value}>`),
    self_registration: fc.constantFrom("on", "off"),
    token_expiration: fc.integer({ min: 1, max: 9999 }),
    verify_remote_cert: fc.constantFrom("on", "off"),
    project_creation_restriction: fc.constantFrom("everyone", "adminonly"),
  },
  { requiredKeys: [] },
);

const given = fc.record({
  hostname: label.map((name) => `h${name}.example.com`),
  port: fc.integer({ min: 1, max: 65535 }),
  maxJobWorkers: fc.integer({ min: 1, max: 10000 }),
  database: fc.record({
    host,
    port: fc.integer({ min: 1, max: 65535 }),
    name: text(`${LETTERS}_`, 1, 64),
    user: text(`${LETTERS}._-`, 1, 32),
    password: secret("._~+=!*^@%:,/?&()<>|[]-"),
  }),
  redis: fc.record({
    host,
    database: fc.integer({ min: 0, max: 15 }),
    poolSize: fc.integer({ min: 1, max: 10000 }),
    password: secret("._~+=!*^-"),
  }),
  harborConfig,
  https: fc.boolean(),
  proxy: fc.record(
    {
      http: secret("").map((password) => `http://user:${password}@proxy.example.com:3128`),
      https: secret("").map((password) => `http://user:${password}@proxy.example.com:3129`),
    },
    { requiredKeys: ["https"] },
  ),
});

let tls: Given;
beforeAll(async () => {
  const { certificate, key } = await makeLeaf(["*.example.com"], await makeCa("CA"));
  tls = { source: "provided", certificate, key: keyPem(key) };
});

/** A stack's settings as they are given, with a certificate where it has HTTPS. */
function stackOf({ https, ...settings }: { https: boolean } & Given): Given {
  return { ...VALID, ...settings, tls: https ? tls : { source: "none" } };
}

/** What passes is rendered; what the checks refuse is no example. */
function accepted<T>(step: () => T): T {
  try {
    return step();
  } catch (error) {
    fc.pre(!(error instanceof SettingsError || error instanceof ReleaseError));
    throw error;
  }
}

const UNIQUE: Readonly<Record<string, string>> = {
  adminPassword: "Adm1n-of-the-registry",
  uiSecret: "ui-secret-0123456",
  jobserviceSecret: "jobservice-secret-0123456",
  reloadKey: "reload-key-0123456",
  tokenKey: "-----BEGIN TOKEN KEY-----\ntoken-key-0123456\n",
  tokenCertificate: "token-certificate-0123456\n",
};

describe.each(RELEASES)("any settings that validate, with Harbor %s", (version) => {
  let installer: Installer;
  let variables: Set<string>;
  beforeAll(async () => {
    const sources = await releaseFiles(version);
    const files = new Map(sources.map(({ name, content }) => [name, content.toString()]));
    installer = { version, files, sha256: "5".repeat(64), size: 1000 };
    const templates = sources.filter(({ name }) => name.startsWith("common/templates/"));
    variables = new Set(templates.flatMap(({ content }) => variablesOf(content.toString())));
  });

  const check = (examine: (stack: ReturnType<typeof rendered>) => void): void => {
    fc.assert(
      fc.property(given, (settings) => examine(rendered(stackOf(settings)))),
      { numRuns: RUNS },
    );
  };

  /** The cluster's release, as shown and as it lands, with the secrets in it. */
  function rendered(stack: Given) {
    const settings = accepted(() => read(stack));
    const args = { ...settings, installer } as HarborClusterArgs;
    const protocol = settings.tls.source === "none" ? "http" : "https";
    const address = registryAddress(protocol, settings.hostname, settings.port);
    const settingsFor = releaseSettings(args, address);
    const names = hiddenNames(args, address);
    const secrets = {
      ...UNIQUE,
      databasePassword: settings.database.password,
      redisPassword: settings.redis.password,
      ...(settings.tls.source === "provided" && {
        tlsCertificate: settings.tls.certificate,
        tlsKey: settings.tls.key,
      }),
      ...(settings.proxy?.http && { httpProxy: settings.proxy.http }),
      ...(settings.proxy?.https && { httpsProxy: settings.proxy.https }),
      ...hiddenKeys(args),
    } as unknown as HiddenValues<string>;
    expect(Object.keys(secrets).sort()).toEqual([...names].sort());
    const { shown } = accepted(() =>
      shownRelease(installer, settingsFor, { names, given: hiddenKeys(args), notes: {} }),
    );
    const files = renderRelease(installer, settingsFor(secrets));
    return { stack, settingsFor, secrets, shown, files };
  }

  test("rendering is deterministic, whatever the order of the keys", () => {
    check(({ stack, files }) => {
      const config = Object.entries(stack["harborConfig"] as Given).reverse();
      const again = rendered({ ...stack, harborConfig: Object.fromEntries(config) });
      expect(again.files).toEqual(files);
    });
  });

  test("no variable of a template is left", () => {
    check(({ stack, files }) => {
      // A value may have a dollar and a name in it, which are to stay.
      fc.pre(!JSON.stringify(stack["harborConfig"]).includes("$"));
      for (const { path, content } of files) {
        const left = [...content.matchAll(/\$\{?([a-z_][a-z0-9_]*)/gi)]
          .map(([, variable]) => variable!)
          .filter((variable) => variables.has(variable));
        expect({ path, left }).toEqual({ path, left: [] });
      }
    });
  });

  test("no secret is in what a preview shows", () => {
    check(({ secrets, shown }) => {
      const visible = commandText({
        step: "stage",
        node: "hub1",
        sudo: false,
        parameters: {},
        shown,
      });
      for (const name of Object.keys(secrets) as HiddenName[]) {
        const secret = secrets[name]!.trim();
        expect({ name, seen: visible.includes(secret) }).toEqual({ name, seen: false });
      }
    });
  });

  test("every secret lands in files that say they hold one", () => {
    check(({ secrets, files }) => {
      const open = files.filter((file) => !file.secret).map(({ content }) => content);
      for (const name of Object.keys(secrets) as HiddenName[]) {
        if (/Certificate$/.test(name)) continue;
        expect({ name, open: open.some((content) => content.includes(secrets[name]!)) }).toEqual({
          name,
          open: false,
        });
      }
    });
  });
});
