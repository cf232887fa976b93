import { field, type Given } from "../../settings/given";
import { flagValue, withAnswer } from "./answer-values";
import { answered, isBinding } from "./environment";
import type { Flags } from "./flags";
import { isAt, partsOf, plainValue, valueAt } from "./given-paths";
import { QUESTIONS } from "./questions";
import type { Complaint } from "./refusal";

/* What `--set` and the flags beside the questions' say of the settings. */

/** Settings by `--set`, each with its value. */
export type Sets = readonly (readonly [setting: string, value: unknown])[];

export function withSets(given: Given, set: Sets): Given {
  return set.reduce((all, [setting, value]) => answered(all, setting, value), given);
}

/** Every node that names no other is reached through the same host. */
export function withBastion(given: Given, bastion: string | undefined): Given {
  if (bastion === undefined || !Array.isArray(given.nodes)) return given;
  return given.nodes.reduce<Given>((all, node: unknown, i) => {
    const isOwn = field(node, "bastion", "address") !== undefined;
    // What is no node has its own message.
    if (typeof node !== "object" || node === null || isOwn) return all;
    return answered(all, `nodes[${i}].bastion.address`, bastion);
  }, given);
}

/** The flags of questions that are asked of dynamic updates alone. */
const UPDATES = ["dns-server", "dns-zone", "tsig-name"];

/** `SETTING=VALUE` in two; a complaint where it is not that. */
function pairsIn(texts: readonly string[], complaints: Complaint[]): Sets {
  return texts.flatMap((text) => {
    const [, setting, value] = /^([^=]+)=([^]*)$/.exec(text) ?? [];
    if (setting !== undefined) return [[setting, plainValue(value!)] as const];
    complaints.push({ where: "--set", message: "must be SETTING=VALUE, such as protect=true" });
    return [];
  });
}

/** The flag that gives a setting too; one of a list gives no more of it than stands in its words. */
function flagFor(setting: string, flags: Flags["given"]): string | undefined {
  return QUESTIONS.find((question) => {
    const texts = flags.get(question.flag);
    if (texts === undefined) return false;
    if (!question.list) return isAt(setting, question.setting) || isAt(question.setting, setting);
    const own = withAnswer({}, question, flagValue(question, texts));
    return valueAt(own, setting) !== undefined;
  })?.flag;
}

/** What `--set` says; a complaint where a setting is given twice, here or by a flag. */
export function setsOf(flags: Flags["given"], complaints: Complaint[]): Sets {
  const pairs = pairsIn(flags.get("set") ?? [], complaints);
  const names = pairs.map(([setting]) => partsOf(setting).join("."));
  pairs.forEach(([setting], i) => {
    const where = `--set '${setting}=…'`;
    const flag = flagFor(setting, flags);
    if (names.indexOf(names[i]!) < i)
      complaints.push({ where, message: "is given twice; once is enough" });
    if (flag !== undefined)
      complaints.push({
        where,
        message: `is given by --${flag} as well; leave one of the two out`,
      });
  });
  const implied = UPDATES.some((flag) => flags.has(flag)) && providerIn(flags, pairs) === undefined;
  return [
    ...(implied ? [["dns.provider", "rfc2136"] as const] : []),
    // What takes other settings away comes before them.
    ...pairs.filter(([setting]) => isBinding(setting)),
    ...pairs.filter(([setting]) => !isBinding(setting)),
  ];
}

function providerIn(flags: Flags["given"], set: Sets): unknown {
  const pair = set.find(([setting]) => setting === "dns.provider");
  return flags.get("dns")?.[0] ?? pair?.[1];
}

/** Flags that say nothing, as another one rules them out. */
export function idleFlags(flags: Flags["given"], set: Sets): string[] {
  const provider = providerIn(flags, set);
  return UPDATES.filter((flag) => flags.has(flag) && provider !== "rfc2136");
}
