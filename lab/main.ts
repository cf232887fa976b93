import { parseArgs } from "node:util";
import { backupStack } from "../operate/backup/backup";
import { readPassphrase } from "../operate/passphrase";
import { tallyOf } from "../operate/prove/findings";
import { restoreStack } from "../operate/restore/restore";
import { verifyStack } from "../operate/verify/verify";
import { readChanges, readNodes } from "./changes";
import { deploy, destroy, prepareStack, preview } from "./deploy";
import { down, up } from "./infrastructure";
import type { Lab } from "./lab";
import type { Deployment } from "./proof/check";
import { deploymentOf, prove } from "./prove";
import { timedReport } from "./report";
import type { LabStack } from "./stack";
import { status } from "./status";
import { containerOf, LAB_DIR } from "./topology";
import { USAGE } from "./usage";
import {
  VARIANT_FLAGS,
  chooseVariant,
  FIRST_VARIANT,
  rememberedVariant,
  rememberVariant,
  sameVariant,
  variantText,
} from "./variant";

/** The verbs that make or try a deployment; the others mean the one that is there. */
const CHOOSING = ["all", "deploy", "preview"];

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Proves a deployment; a failed check is the process's exit code. */
async function proveDeployment(deployment: Deployment): Promise<boolean> {
  const findings = await prove(deployment, print);
  const { failed, line } = tallyOf(findings);
  print(line);
  if (failed > 0) process.exitCode = 1;
  return failed === 0;
}

function summary({ url, lab: { nodes } }: Deployment): void {
  const [first] = nodes;
  const onNode = new URL(url);
  onNode.hostname = first!.address;
  print(`
Harbor is at ${url.origin}, served by ${nodes.map(({ name }) => name).join(", ")}.
  password of admin   npm run lab -- password
  look at a node      docker exec -it ${containerOf(first!.name)} bash
  be a client         docker exec -it ${containerOf("client")} bash
  in a browser        ${onNode.origin}
  try a change        npm run lab -- preview --set maxJobWorkers=20
  take it down        npm run lab -- down            (with --volumes: for good)
The lab's keys and the stack's state are in ${LAB_DIR}.`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...VARIANT_FLAGS,
      set: { type: "string", multiple: true, default: [] },
      "set-secret": { type: "string", multiple: true, default: [] },
      nodes: { type: "string" },
      json: { type: "boolean", default: false },
      output: { type: "string" },
      archive: { type: "string" },
      "passphrase-file": { type: "string" },
      volumes: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const [verb = "all"] = positionals;
  if (values.help) return void process.stdout.write(USAGE);
  const report = timedReport();

  const remembered = await rememberedVariant();
  const mayChoose = remembered === undefined || CHOOSING.includes(verb);
  const installer = mayChoose ? process.env["HARBOR_INSTALLER"] : undefined;
  const current = remembered ?? FIRST_VARIANT;
  const variant = chooseVariant({ ...values, installer }, current);
  if (!mayChoose && !sameVariant(variant, current)) {
    throw new Error(
      `\`${verb}\` means the deployment that is there, ${variantText(current)}; ` +
        "another one is made by `deploy`, or without a verb",
    );
  }
  const changes = await readChanges(values.set, values["set-secret"]);
  const nodes = readNodes(values.nodes);
  const fileOf = (flag: "output" | "archive"): string => {
    const file = values[flag];
    if (file === undefined) throw new Error(`\`${verb}\` needs --${flag} FILE`);
    return file;
  };

  const withStack = async <T>(step: (stack: LabStack, lab: Lab) => Promise<T>): Promise<T> => {
    const lab = await up(report, (verb === "preview" ? current : variant).airGapped, nodes);
    return step(await prepareStack(lab, variant, changes, report), lab);
  };
  /** A choice counts once its deployment succeeded, or while there is nothing else to mean. */
  const deployVariant = async (stack: LabStack): Promise<void> => {
    report(`deploying ${variantText(variant)}`);
    if (Object.keys(await stack.stack.outputs()).length === 0) await rememberVariant(variant);
    await deploy(stack);
    await rememberVariant(variant);
  };
  switch (verb) {
    case "up":
      await up(report, variant.airGapped, nodes);
      return rememberVariant(variant);
    case "deploy":
      return withStack(deployVariant);
    case "preview":
      return withStack((stack) => preview(stack, values.json));
    case "prove":
      return withStack(async (stack, lab) => {
        await proveDeployment(await deploymentOf(lab, stack, variant.airGapped));
      });
    case "verify":
      return withStack(async ({ stack }) => {
        if (!(await verifyStack(stack, { json: values.json, print }))) process.exitCode = 1;
      });
    case "backup": {
      const output = fileOf("output");
      const passphrase = await readPassphrase(values["passphrase-file"], true);
      return withStack(async ({ stack }) => {
        await backupStack(stack, { output, passphrase, report });
      });
    }
    case "restore": {
      const archive = fileOf("archive");
      const passphrase = await readPassphrase(values["passphrase-file"], false);
      return withStack(async ({ stack }) => {
        await restoreStack(stack, { archive, passphrase, report });
      });
    }
    case "destroy":
      return withStack(destroy);
    case "password":
      return withStack(async (stack, lab) => {
        print((await deploymentOf(lab, stack, variant.airGapped)).adminPassword);
      });
    case "all":
      return withStack(async (stack, lab) => {
        await deployVariant(stack);
        const deployment = await deploymentOf(lab, stack, variant.airGapped);
        if (await proveDeployment(deployment)) summary(deployment);
      });
    case "status":
      return print(await status());
    case "down":
      return down({ volumes: values.volumes }, report);
    default:
      process.stderr.write(USAGE);
      process.exitCode = 2;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
