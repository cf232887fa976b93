import { resolve4 } from "node:dns/promises";
import { Readable, Writable } from "node:stream";
import type { Verification } from "../../components/verification";
import { NoConnection, StepFailed, runStep } from "../../host/ssh/step";
import { type Host, hostsOf } from "../hosts";
import type { Look, SeenNode, UnseenNode } from "./check";
import { Facts } from "./facts";
import { verifyRequest } from "./request";

/** After this the look at a node is given up, in milliseconds: on the node it ends before. */
const PATIENCE = 90_000;

/** Takes a node's output, and when its first bytes came. */
class Output extends Writable {
  text = "";
  /** Milliseconds of this machine's clock. */
  begun: number | undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.begun ??= Date.now();
    this.text += chunk.toString("latin1");
    done();
  }

  get facts(): Facts {
    return new Facts(Buffer.from(this.text, "latin1").toString());
  }
}

/** Runs a look, and gives it up after a time: a host may hang with its connection open. */
async function withPatience(work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    const reason = new Error(`the node did not come to an end within ${PATIENCE / 1000} s`);
    timer = setTimeout(() => reject(reason), PATIENCE);
  });
  await Promise.race([work, patience]).finally(() => clearTimeout(timer));
}

async function lookAt(host: Host, declared: Verification): Promise<SeenNode | UnseenNode> {
  const { node: name } = host;
  const request = verifyRequest(declared, host);
  const output = new Output();
  const said: string[] = [];
  let sent = Date.now();
  // The node reads its clock between this and its first answer.
  const input = Readable.from(
    (function* () {
      sent = Date.now();
      yield request.stdin;
    })(),
  );
  try {
    await withPatience(runStep({ ...request, stdin: input }, (line) => said.push(line), output));
  } catch (error) {
    // One that was given up would keep its connection, and this program with it.
    output.destroy();
    const mark = error instanceof NoConnection ? "no SSH" : "no end";
    const own = error instanceof StepFailed && !error.lost ? said.at(-1) : undefined;
    const reason = own ?? (error as Error).message;
    return { name, mark, reason: reason.replace(`${name}: `, "") };
  }
  const { facts, begun } = output;
  const [clock] = facts.one("clock");
  if (facts.unknown("end") !== undefined) {
    return { name, mark: "cut off", reason: "the connection ended before the look did" };
  }
  if (clock === undefined || begun === undefined) return { name, facts };
  return { name, facts, clock: { least: Number(clock) - begun, most: Number(clock) - sent } };
}

/** What this machine's resolver says, where it alone can be asked. */
async function resolve({ dns, address }: Verification): Promise<Look["resolved"]> {
  if (dns.provider !== "manual") return undefined;
  return resolve4(address.hostname).then(
    (addresses) => ({ addresses }),
    (error: NodeJS.ErrnoException) => ({ problem: `no address (${error.code ?? error.message})` }),
  );
}

/** Looks at all nodes at the same time, with one login each, and changes nothing on them. */
export async function lookAround(declared: Verification, privateKey: string): Promise<Look> {
  const [looks, resolved] = await Promise.all([
    Promise.all(hostsOf(declared, privateKey).map((host) => lookAt(host, declared))),
    resolve(declared),
  ]);
  return {
    declared,
    seen: looks.filter((look) => "facts" in look),
    unseen: looks.filter((look) => "reason" in look),
    ...(resolved && { resolved }),
    now: new Date(),
  };
}
