import type { Problem } from "../../settings";
import { isAt } from "./given-paths";
import { QUESTIONS } from "./questions";

/** Something that keeps the file from being written. */
export interface Complaint {
  /** The flag that changes it, or a file. */
  readonly where: string;
  /** What was found and what is allowed. */
  readonly message: string;
}

/** Everything that keeps the file from being written, at once. */
export class Refusal extends Error {
  constructor(complaints: readonly Complaint[]) {
    const count = complaints.length === 1 ? "1 problem" : `${complaints.length} problems`;
    const lines = complaints.map(({ where, message }) => `  ${where}\n    ${message}`);
    super(
      `${count}; nothing was written.\n\n${lines.join("\n")}\n\nChange these flags and run again; --help explains all of them.`,
    );
    this.name = "Refusal";
  }
}

/** What a node that is written in one word has to be. */
const NODE = "must be NAME=ADDRESS or NAME=USER@ADDRESS, such as hub1=10.0.0.11";

/** A problem of the settings, with the flag to change. */
export function complaintOf({ file, setting, message }: Problem): Complaint {
  if (file !== undefined) return { where: file, message };
  const question = QUESTIONS.find((each) => isAt(setting, each.setting));
  const flag = setting.endsWith(".bastion.address") ? "bastion" : question?.flag;
  const where = flag === undefined ? `--set '${setting}=…'` : `--${flag} (${setting})`;
  return { where, message: /^nodes\[\d+\]$/.test(setting) ? NODE : message };
}
