import type { ReadCommand } from "../host/read-command";
import { code } from "./markdown";
import type { NodeChange } from "./node-change";
import type { StepChange } from "./step-change";

/** The A record of a node, and who keeps it. */
export interface RecordChange {
  /** Such as `hub.example.com A 192.0.2.11`; undefined for none. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Whether a person does (`dns.provider: manual`): the steps print which record is wanted, and go on. */
  readonly byHand: boolean;
}

function recordIn(command: ReadCommand | undefined): string | undefined {
  const [domain, address] = ["DOMAIN", "ADDRESS"].map((name) => command?.parameters.get(name));
  return domain && address && `${domain} A ${address}`;
}

/** What becomes of a node's record, by its start. */
export function recordChange(start: StepChange | undefined): RecordChange {
  const known = start?.after ?? start?.before;
  return {
    before: recordIn(start?.before),
    after: recordIn(start?.after),
    byHand: known?.parameters.get("DNS_PROVIDER") === "manual",
  };
}

/** What a person has to do to the records and when, in words; empty where the nodes keep them. */
export function recordsByHand(hosts: readonly NodeChange[]): string[] {
  const lines = hosts.flatMap(({ name, record: { before, after, byHand } }) => {
    if (!byHand || before === after) return [];
    // Of another name, clients that do not know it yet need the earlier one.
    const renamed = before?.split(" ")[0] !== after?.split(" ")[0] && after !== undefined;
    const when = renamed ? "when no client uses it any more" : "before the deployment";
    return [
      ...(before ? [`take ${code(before)} away ${when}`] : []),
      ...(after ? [`add ${code(after)} when ${name} has passed its health gate`] : []),
    ];
  });
  if (lines.length === 0) return [];
  return [`the records are kept by hand (\`dns.provider: manual\`): ${lines.join("; ")}`];
}
