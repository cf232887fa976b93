import type { Problem } from "../../settings";
import type { Given } from "../../settings/given";
import type { CommonAnswers } from "./common-answers";
import { withFlags } from "./answer-values";
import { judge, type Surroundings, TELLERS } from "./environment";
import type { Flags } from "./flags";
import { isAt, partsOf, valueAt, withoutValue } from "./given-paths";
import { type Question, QUESTIONS } from "./questions";
import { type Complaint, complaintOf } from "./refusal";
import { type Sets, withBastion, withSets } from "./said-settings";

/* What is wrong whatever a person answers: it is said before anything is asked. */

export interface Foreseeing {
  readonly flags: Flags["given"];
  readonly set: Sets;
  readonly surroundings: Surroundings;
  readonly common: CommonAnswers;
}

/** What is taken over and not asked; what tells variants apart stays, or nothing of them can be judged. */
function unasked({ given }: CommonAnswers): Given {
  return QUESTIONS.filter(({ setting }) => !TELLERS.includes(setting)).reduce(
    (all, { setting }) => withoutValue(all, partsOf(setting)) as Given,
    given,
  );
}

/** Settings as far as no answer changes them. */
function settled({ flags, set, common }: Foreseeing): Given {
  const given = withSets(withFlags(unasked(common), flags), set);
  const nodes = given.nodes ?? (flags.has("bastion") ? [{}] : undefined);
  return withBastion(
    { ...given, ...(nodes !== undefined && { nodes }) },
    flags.get("bastion")?.[0],
  );
}

/** Whether a problem is that of a file, of a flag, of `--set`, or of something that is not asked. */
function isSettled({ file, setting }: Problem, { flags, set, common }: Foreseeing): boolean {
  if (file !== undefined) return true;
  if (set.some(([name]) => isAt(setting, name))) return true;
  if (setting.endsWith(".bastion.address")) return flags.has("bastion");
  const isHere = (question: Question) => isAt(setting, question.setting);
  const question = QUESTIONS.find(isHere);
  return question === undefined
    ? valueAt(common.given, setting) !== undefined
    : flags.has(question.flag);
}

export function foreseen(foreseeing: Foreseeing): Complaint[] {
  const { surroundings, common } = foreseeing;
  return judge(settled(foreseeing), surroundings, common.encrypted)
    .problems.filter((problem) => isSettled(problem, foreseeing))
    .map(complaintOf);
}
