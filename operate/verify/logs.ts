import { join } from "node:path";
import type { Verification } from "../../components/verification";

/** Where a service's log is on a node; releases differ in the folder between. */
export function logsAt({ folders }: Pick<Verification, "folders">, service: string): string {
  return `${service}.log below ${join(folders.logs, "/")}`;
}
