import {
  type HiddenChange,
  mountWords,
  onlyHidden,
  otherCredentials,
  ownValueWords,
} from "./hidden-change";
import { changedFiles, changedParameters, type StepChange, type StepsOfHost } from "./step-change";

/** What is said in words of a parameter elsewhere, or is of no interest to a person. */
const SAID = [
  ...["ADDRESS", "PEERS", "RELEASE_VERSION", "PROTOCOL", "DOMAIN", "PORT", "DOCKER_PROXY"],
  ...["IMAGES", "SCHEMA_IMAGE", "ARCHIVE_PATH", "ARCHIVE_SHA256", "ARCHIVE_MEMBER"],
];

/** A parameter's value before and after, where it has both and they differ. */
function changeOf(step: StepChange | undefined, name: string): [string, string] | undefined {
  const [from, to] = [step?.before, step?.after].map((command) => command?.parameters.get(name));
  return from !== undefined && to !== undefined && from !== to ? [from, to] : undefined;
}

/** A list of peers by their names; a stage's has no addresses. */
function peersIn(list: string): Map<string, string> {
  const entries = list.split(" ").filter((peer) => peer !== "");
  return new Map(entries.map((peer) => peer.split("=", 2) as [string, string]));
}

function peerWords(steps: StepsOfHost): string[] {
  const lists = changeOf(steps.get("start"), "PEERS") ?? changeOf(steps.get("stage"), "PEERS");
  if (lists === undefined) return [];
  const [before, after] = lists.map(peersIn) as [Map<string, string>, Map<string, string>];
  const joined = [...after.keys()].filter((name) => !before.has(name));
  const left = [...before.keys()].filter((name) => !after.has(name));
  const moved = [...after].filter(([name, at]) => before.has(name) && before.get(name) !== at);
  const say = (names: readonly string[], one: string, several: string) =>
    names.length === 0 ? [] : [`${names.join(", ")} ${names.length === 1 ? one : several}`];
  return [
    ...say(joined, "becomes a peer", "become peers"),
    ...say(left, "is a peer no longer", "are peers no longer"),
    ...moved.map(([name, at]) => `the peer ${name} is at ${at}`),
  ];
}

function fileWords(stage: StepChange | undefined): string[] {
  const paths = stage ? changedFiles(stage) : [];
  if (paths.length === 0) return [];
  return [paths.length === 1 ? `\`${paths[0]!}\` changes` : `${paths.length} files change`];
}

/** Which hidden values the release reads anew. */
function valueWords(steps: StepsOfHost, { keypair, made }: HiddenChange): string[] {
  const stage = steps.get("stage");
  const files = stage?.after?.shown ?? [];
  const read = made.filter(({ value }) =>
    files.some(({ content }) => content.includes(`{{ ${value} }}`)),
  );
  const words = [
    ...(keypair && stage ? ["another token keypair"] : []),
    ...(otherCredentials(steps) ? ["another password of the database or of Redis"] : []),
    ...(read.length > 0 ? [`another ${read.map((of) => `\`${of.resource}\``).join(", ")}`] : []),
  ];
  return words.length === 0 && onlyHidden(stage)
    ? ["a hidden value of the release changes"]
    : words;
}

function parameterWords(all: readonly StepChange[]): string[] {
  const names = all.flatMap((step) =>
    changedParameters(step)
      .filter((name) => !SAID.includes(name))
      .map((name) => `\`${name}\` of ${step.step}`),
  );
  return names.length > 0 ? [[...new Set(names)].join(", ")] : [];
}

/** What holds for any step. */
function generalWords(all: readonly StepChange[]): string[] {
  const named = (of: readonly StepChange[]) => of.map(({ step }) => step).join(", ");
  const kinds: [readonly StepChange[], (steps: string) => string][] = [
    [
      all.filter(({ scriptChanged }) => scriptChanged),
      (steps) => `the program's own steps change (${steps})`,
    ],
    [all.filter(({ connectionChanged }) => connectionChanged), () => "is reached in another way"],
    [all.filter(({ op }) => op === "replace"), (steps) => `taken back and made anew: ${steps}`],
    [all.filter(({ op }) => op === "create"), (steps) => `new: ${steps}`],
  ];
  return kinds.flatMap(([those, words]) => (those.length > 0 ? [words(named(those))] : []));
}

/** What happens on a node that stays, in words. */
export function nodeWords(steps: StepsOfHost, hidden: HiddenChange): string[] {
  const all = [...steps.values()];
  const stage = steps.get("stage");
  const version = changeOf(stage, "RELEASE_VERSION");
  const address = changeOf(steps.get("start"), "ADDRESS");
  const words = [
    ...(version ? [`Harbor ${version.join(" → ")}`] : []),
    ...peerWords(steps),
    ...(address ? [`its address becomes ${address[1]}`] : []),
    ...fileWords(stage),
    ...valueWords(steps, hidden),
    ...mountWords(steps),
    ...ownValueWords(steps),
    ...parameterWords(all),
    ...generalWords(all),
  ];
  return words.length === 0 && all.length > 0 ? ["looked at again, nothing changes"] : words;
}

/** What happens on a client that stays, in words. */
export function clientWords(steps: StepsOfHost): string[] {
  const client = steps.get("client");
  const settings = client !== undefined && changedParameters(client).length > 0;
  const words = [
    ...(settings ? ["docker's settings for the registry change"] : []),
    ...(onlyHidden(client) ? ["docker has to trust another CA of the registry"] : []),
    ...generalWords([...steps.values()]),
  ];
  return words.length === 0 ? ["looked at again, nothing changes"] : words;
}
