import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freshNodes } from "../../lab/infrastructure";
import { type Deployment, registryOf } from "../../lab/proof/check";
import { NODE_NAMES } from "../../lab/topology";
import { ask } from "../../operate/prove/http";
import { tokenOf } from "../../operate/prove/tokens";
import { freshDatabase } from "./database";
import { labSucceeds, on, secretsIn, secretsOf } from "./driver";
import { notPullable } from "./load/docker-loop";
import { pushImage } from "./load/load";
import type { Image } from "./load/steady";
import { answersTo } from "./rotation";

const DATABASE = "restored";
const USER = { username: "zoe", password: "Kept-over-1" };

/** The statuses with which the nodes answer to somebody's password. */
async function loginsOf(
  deployment: Deployment,
  principal: string,
  password: string,
): Promise<number[]> {
  const form = { principal, password };
  const answers = deployment.lab.nodes.map(({ address }) =>
    ask(deployment, address, "/login", { form }),
  );
  return (await Promise.all(answers)).map(({ status }) => status);
}

async function makeUser({ url, adminPassword }: Deployment): Promise<void> {
  const user = { ...USER, email: "zoe@example.com", realname: "Zo\u00eb" };
  const credentials = `user = "admin:${adminPassword}"`;
  await on(
    "client",
    `curl -fsS -K - -H 'Content-Type: application/json' -d '${JSON.stringify(user)}' ${url.origin}/api/users`,
    credentials,
  );
}

/**
 * A backup, everything on the nodes lost, and a restore onto new ones with an empty database.
 * @param deployment the one before; its administrator's password has to hold afterwards
 */
export function restoreCases(deployment: () => Deployment): void {
  let folder: string;
  let archive: string;
  let passphrase: string;
  let image: Image;
  let token: string;
  const onRestored = ["--set", `database.name=${DATABASE}`];

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "harbor-ha-restore-"));
    archive = path.join(folder, "lab.backup");
    passphrase = path.join(folder, "passphrase");
    await writeFile(passphrase, "correct horse battery staple\n", { mode: 0o600 });
  });
  afterAll(() => rm(folder, { recursive: true }));
  const ofArchive = (flag: string) => [flag, archive, "--passphrase-file", passphrase];

  test("a backup is one encrypted file, which holds no secret in the clear", async () => {
    await makeUser(deployment());
    image = await pushImage(deployment(), "kept");
    const secrets = await secretsOf(deployment().lab);
    const text = await labSucceeds("backup", ...ofArchive("--output"));
    expect(secretsIn(text, secrets)).toEqual([]);
    expect(((await stat(archive)).mode & 0o777).toString(8)).toBe("600");
    expect(secretsIn(await readFile(archive, "latin1"), secrets)).toEqual([]);
  });

  test("restored onto new nodes and an empty database: images, users and a token are as before", async () => {
    token = await tokenOf(registryOf(deployment()), deployment().lab.nodes[0]!.address);
    await labSucceeds("destroy");
    await freshNodes(() => undefined);
    for (const node of NODE_NAMES) expect(await on(node, "ls -A /opt; docker ps -aq")).toBe("");
    await freshDatabase(DATABASE);
    await labSucceeds("restore", ...ofArchive("--archive"), ...onRestored);
    await labSucceeds("deploy", ...onRestored);

    const { adminPassword, url } = deployment();
    expect(await notPullable([`${url.host}/${image.repository}@${image.digest}`])).toEqual([]);
    expect(await loginsOf(deployment(), USER.username, USER.password)).toEqual([200, 200, 200]);
    expect(await loginsOf(deployment(), USER.username, "another")).toEqual([401, 401, 401]);
    expect(await loginsOf(deployment(), "admin", adminPassword)).toEqual([200, 200, 200]);
    expect(await answersTo(deployment(), token)).toEqual([200, 200, 200]);
  });
}
