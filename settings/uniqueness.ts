import type { Problem } from "./errors";
import { type Given, textAt } from "./given";

/** A setting such as `nodes[0].name`, and what it says. */
interface Entry {
  readonly list: "nodes" | "clients";
  readonly index: number;
  readonly key: string;
  readonly value: string;
}

function entries(given: Given, list: Entry["list"], key: string): Entry[] {
  const hosts: unknown = given[list];
  if (!Array.isArray(hosts)) return [];
  return hosts.flatMap((host, index) => {
    const value = textAt(host, key);
    return value === undefined ? [] : [{ list, index, key, value }];
  });
}

function repeated(all: readonly Entry[], needs: string): Problem[] {
  const firsts = new Map<string, Entry>();
  return all.flatMap((entry) => {
    const first = firsts.get(entry.value);
    if (first === undefined) {
      firsts.set(entry.value, entry);
      return [];
    }
    const { list, index, key, value } = entry;
    return [
      {
        setting: `${list}[${index}].${key}`,
        message: `is ${JSON.stringify(value)}, which ${first.list}[${first.index}] has already; ${needs}`,
      },
    ];
  });
}

/** Hosts that cannot be told apart. Names are those of resources, for which a client is as a node. */
export function uniquenessProblems(given: Given): Problem[] {
  const names = [...entries(given, "nodes", "name"), ...entries(given, "clients", "name")];
  return [
    ...repeated(names, "each host needs its own"),
    ...repeated(entries(given, "nodes", "address"), "each node needs its own"),
    ...repeated(entries(given, "clients", "address"), "each client needs its own"),
  ];
}
