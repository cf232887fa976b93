import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type ArchiveEntry, writeArchive } from "../../lab/release/archive";
import { sshLogins } from "../../lab/ssh-logins";
import { DOMAIN, HOSTS } from "../../lab/topology";
import { keyPem, makeCa, makeLeaf, rsaKey } from "../unit/fixtures/certificates";
import { lab } from "./driver";
import { markNow, writtenSinceMark } from "./host-facts";

const DAY_MS = 86_400_000;
const daysFromNow = (days: number): Date => new Date(Date.now() + days * DAY_MS);

/** An installer's two files, as far as an archive is looked at before they are read. */
const INSTALLER_FILES: readonly ArchiveEntry[] = [
  { name: "harbor/harbor.cfg", mode: 0o644, content: Buffer.from("hostname = reg.example.com\n") },
  {
    name: "harbor/docker-compose.yml",
    mode: 0o644,
    content: Buffer.from("services:\n  log:\n    image: example/harbor-log:v1.5.4\n"),
  },
];

/** Writes every file that the wrong inputs name into a folder. */
async function writeInputs(folder: string): Promise<void> {
  const file = (name: string) => path.join(folder, name);
  await writeArchive(file("no-templates.tgz"), INSTALLER_FILES);
  await writeArchive(file("traversal.tgz"), [
    ...INSTALLER_FILES,
    { name: "harbor/../../etc/cron.d/harbor", mode: 0o644, content: Buffer.from("x") },
  ]);
  await writeArchive(file("truncated.tgz"), [
    ...INSTALLER_FILES,
    { name: "harbor/harbor.v1.5.4.tar.gz", mode: 0o644, content: Buffer.alloc(1_000_000) },
  ]);
  await truncate(file("truncated.tgz"), 300_000);

  const days = { notBefore: daysFromNow(-2), notAfter: daysFromNow(90) };
  const ca = await makeCa("lab authority", days);
  const valid = await makeLeaf([DOMAIN], ca, days);
  const expired = await makeLeaf([DOMAIN], ca, { ...days, notAfter: daysFromNow(-1) });
  const other = await makeLeaf([DOMAIN], ca, days);
  const token = await makeCa("token", { ...days, key: rsaKey() });
  const texts = {
    "valid.crt": valid.certificate,
    "expired.crt": expired.certificate,
    "expired.key": keyPem(expired.key),
    "other.key": keyPem(other.key),
    "ca.crt": ca.certificate,
    "token.crt": token.certificate,
    "token.key": keyPem(token.key, "pkcs8"),
  };
  for (const [name, text] of Object.entries(texts)) {
    await writeFile(file(name), text, { mode: 0o600 });
  }
}

interface WrongInput {
  readonly what: string;
  /** Flags of `deploy`; `FOLDER/` stands for the folder with the files. */
  readonly flags: readonly string[];
  /** What the error has to say. */
  readonly says: readonly (string | RegExp)[];
}

const set = (...settings: string[]) => settings.flatMap((setting) => ["--set", setting]);
const provided = (certificate: string, key: string) => [
  ...set("tls.source=provided", `tls.certificate=@FOLDER/${certificate}`, "tls.ca=@FOLDER/ca.crt"),
  ...["--set-secret", `tls.key=@FOLDER/${key}`],
];

const WRONG_INPUTS: readonly WrongInput[] = [
  {
    what: "a key that the release's harbor.cfg does not know",
    flags: set("harborConfig.self_registrations=off"),
    says: ["harborConfig.self_registrations", "self_registration"],
  },
  {
    what: "another sum than the installer's",
    flags: set(`release.sha256=${"0".repeat(64)}`),
    says: ["SHA-256", "0".repeat(64)],
  },
  {
    what: "a truncated installer",
    flags: set("release.installer=FOLDER/truncated.tgz"),
    says: ["truncated or damaged"],
  },
  {
    what: "an installer with a path that leads out of it",
    flags: set("release.installer=FOLDER/traversal.tgz"),
    says: ["harbor/../../etc/cron.d/harbor", "leads out of the archive"],
  },
  {
    what: "an installer without templates",
    flags: set("release.installer=FOLDER/no-templates.tgz"),
    says: ["common/templates"],
  },
  {
    what: "an expired certificate",
    flags: provided("expired.crt", "expired.key"),
    says: ["harbor-ha:tls.certificate", "has expired"],
  },
  {
    what: "a key of another certificate",
    flags: provided("valid.crt", "other.key"),
    says: ["harbor-ha:tls.key", "does not belong to"],
  },
  {
    what: "a token key in PKCS#8",
    flags: [
      ...["--set-secret", "tokenKeypair.privateKey=@FOLDER/token.key"],
      ...set("tokenKeypair.certificate=@FOLDER/token.crt"),
    ],
    says: ["harbor-ha:tokenKeypair.privateKey", "openssl rsa -traditional"],
  },
  {
    what: "a database that the release does not work on",
    flags: set("database.kind=postgresql"),
    says: ["harbor-ha:database.kind", "must be mysql"],
  },
  {
    what: "an older release than the one that is deployed",
    flags: ["--release", "1.5.3"],
    says: ["1.5.3", "older than 1.5.4", "no downgrade"],
  },
];

/** What is wrong with a release or a certificate is said before any host is contacted. */
export function wrongInputs(): void {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "harbor-ha-wrong-inputs-"));
    await writeInputs(folder);
    for (const host of HOSTS) await markNow(host);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each(WRONG_INPUTS)("$what: an error, and no host is contacted", async ({ flags, says }) => {
    const logins = await sshLogins();
    const given = flags.map((flag) => flag.replace("FOLDER", folder));
    const { code, text } = await lab("deploy", ...given);
    expect(code).not.toBe(0);
    for (const part of says) expect(text).toMatch(part);
    expect(text).not.toMatch(/PRIVATE KEY-----\s+\S/);
    expect(await sshLogins()).toBe(logins);
  });

  test("and nothing was written on any host", async () => {
    for (const host of HOSTS)
      expect({ [host]: await writtenSinceMark(host) }).toEqual({ [host]: "" });
  });
}
