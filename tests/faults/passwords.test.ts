import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Lab } from "../../lab/lab";
import type { Deployment } from "../../lab/proof/check";
import { prove } from "../../lab/prove";
import { run } from "../../lab/shell";
import { containerOf, DATABASE } from "../../lab/topology";
import { sql } from "../lab/database";
import { deployedOver, labSucceeds, machines, say } from "../lab/driver";
import { startLoad } from "../lab/load/load";

/*
 * The passwords of Redis and of the database are changed while clients go on: the services accept the
 * old and the new one while the nodes change, and the new one alone afterwards. MariaDB gives an account
 * one password, so there it is a second account.
 */

const SECOND = "harbor_b";
const fresh = { database: randomBytes(12).toString("hex"), redis: randomBytes(12).toString("hex") };

let described: Lab;
let deployment: Deployment;
let folder: string;

async function redis(command: string, password: string): Promise<void> {
  const cli = ["exec", "-i", containerOf("redis"), "redis-cli"];
  const { stdout } = await run("docker", cli, { input: `AUTH ${password}\n${command}\n` });
  if (stdout.trim() !== "OK\nOK") throw new Error(`Redis answers: ${stdout}`);
}

beforeAll(async () => {
  described = await machines();
  await labSucceeds();
  deployment = await deployedOver(described);
  folder = await mkdtemp(path.join(tmpdir(), "harbor-ha-passwords-"));
  for (const [name, text] of Object.entries(fresh))
    await writeFile(path.join(folder, name), text, { mode: 0o600 });
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await redis(`ACL SETUSER default >${described.redis.password}`, fresh.redis).catch(
    () => undefined,
  );
  await sql(`ALTER USER '${DATABASE.user}'@'%' ACCOUNT UNLOCK`);
  await labSucceeds("deploy");
  await sql(`DROP USER IF EXISTS '${SECOND}'@'%'`);
});

test("nodes change while both are accepted, and no client sees a failure", async () => {
  await redis(`ACL SETUSER default >${fresh.redis}`, described.redis.password);
  await sql(`CREATE OR REPLACE USER '${SECOND}'@'%' IDENTIFIED BY '${fresh.database}';
    GRANT ALL ON ${DATABASE.name}.* TO '${SECOND}'@'%'`);
  const load = await startLoad(deployment);
  const [deployed] = await Promise.allSettled([
    labSucceeds(
      "deploy",
      ...["--set", `database.user=${SECOND}`],
      ...["--set-secret", `database.password=@${path.join(folder, "database")}`],
      ...["--set-secret", `redis.password=@${path.join(folder, "redis")}`],
    ),
  ]);
  const { steady, docker } = await load.stop();
  if (deployed.status === "rejected") throw deployed.reason;
  const text = deployed.value;
  expect(text).toMatch(/database: what this node runs with is accepted too/);
  expect(text).toMatch(/redis: what this node runs with is accepted too/);
  expect(steady.requests).toBeGreaterThan(100);
  expect(steady.failures).toEqual([]);
  expect(docker.failures).toEqual([]);
});

test("without the old ones all goes on", async () => {
  await redis(`ACL SETUSER default <${described.redis.password}`, fresh.redis);
  await sql(`ALTER USER '${DATABASE.user}'@'%' ACCOUNT LOCK`);
  const findings = await prove(deployment, say);
  expect(findings.filter(({ passed }) => !passed)).toEqual([]);
});
