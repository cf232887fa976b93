import type { Writable } from "node:stream";
import type { Stack } from "@pulumi/pulumi/automation";
import { extract } from "tar-stream";
import type { Verification } from "../../components/verification";
import { NoConnection, runStep } from "../../host/ssh/step";
import { age } from "../age-filter";
import { type Host, hostsOf, stepOn } from "../hosts";
import { outputOf, settingOf } from "../stack";
import { ArchiveWriter, json } from "./archive-writer";
import { type Manifest, SETTINGS } from "./format";
import { takeNodeArchive } from "./node-archive";
import { refuseExisting, writeWhole } from "./output-file";

export interface BackupOptions {
  /** The file that is made. */
  readonly output: string;
  readonly passphrase: string;
  /** Takes each line of progress. */
  readonly report: (line: string) => void;
}

/** What a backup has to know of a deployment. */
type Declared = Pick<Verification, "nodes" | "folders"> & {
  readonly release: { readonly version: string; readonly schemaImage: string };
  readonly database: {
    readonly host: string;
    readonly port: number;
    readonly name: string;
    readonly user: string;
  };
};

/** What tar-stream says of an archive that ends too early. */
const CUT_OFF = "Unexpected end of data";

async function needed<T>(what: string, value: Promise<T | undefined>): Promise<T> {
  const found = await value;
  if (found === undefined) {
    throw new Error(`the stack has no ${what}: deploy it with this version first (pulumi up)`);
  }
  return found;
}

/** What is run on a node. */
function request(host: Host, { folders, release, database }: Declared, password: string) {
  const parameters = {
    DATABASE_HOST: database.host,
    DATABASE_PORT: database.port,
    DATABASE_NAME: database.name,
    DATABASE_USER: database.user,
    SCHEMA_IMAGE: release.schemaImage,
    INSTALL_DIR: folders.install,
    MOUNT_POINT: folders.mountPoint,
    DATA_DIRECTORY: folders.data,
  };
  return stepOn(host, "backup", parameters, { database_password: password });
}

/** Has the first node that lets us in send what it knows. */
async function askNodes(
  hosts: readonly Host[],
  ask: (host: Host) => Promise<unknown>,
  report: (line: string) => void,
): Promise<void> {
  for (const host of hosts) {
    try {
      await ask(host);
      return;
    } catch (error) {
      if (!(error instanceof NoConnection)) throw error;
      report(`${host.node}: ${error.message}`);
    }
  }
  throw new Error("no node answers, so nothing was backed up; see to one of them (npm run verify)");
}

/** Whatever part fails first ends the others. */
async function together(parts: Promise<unknown>[], abort: (error: Error) => void): Promise<void> {
  await Promise.all(parts).catch((error: Error) => {
    abort(error);
    throw error;
  });
}

/**
 * Makes a backup of a deployed stack: one encrypted file with what the images on the mount do not hold.
 * Nothing on the nodes is changed.
 * @throws Error that says what to do; there is no file then.
 */
export async function backupStack(stack: Stack, options: BackupOptions): Promise<Manifest> {
  const { output, passphrase, report } = options;
  await refuseExisting(output);
  const declared = await needed("output verification", outputOf<Declared>(stack, "verification"));
  const privateKey = await needed("ssh.privateKey", settingOf(stack, "ssh.privateKey"));
  const password = await needed("database.password", settingOf(stack, "database.password"));
  const archive = new ArchiveWriter({
    made: new Date().toISOString(),
    stack: stack.name,
    url: await needed("output url", outputOf<string>(stack, "url")),
    release: declared.release.version,
  });
  archive.add(SETTINGS, json(await stack.getAllConfig()));

  let manifest: Manifest | undefined;
  const fill = async () => {
    const entries = extract();
    const ask = (host: Host) => {
      report(`${host.node}: dumping the database ${declared.database.name}`);
      return runStep(request(host, declared, password), report, entries as unknown as Writable);
    };
    const asked = askNodes(hostsOf(declared, privateKey), ask, report);
    const taken = takeNodeArchive(entries, archive).catch(async (error: Error) => {
      // Why an archive ends too early is known where it comes from.
      if (error.message === CUT_OFF) await asked;
      throw error;
    });
    await together([asked, taken], (error) => entries.destroy(error));
    manifest = archive.finish();
  };
  await writeWhole(output, (target) =>
    together([fill(), age("encrypt", passphrase, archive.bytes, target)], (error) =>
      archive.abort(error),
    ),
  );
  report(`the backup is ${output}`);
  return manifest!;
}
