import { projectIn, stackFile } from "../settings/stack-files";
import { needed, PipelineError, runPipeline } from "./needed";

/* The same release, by its archives' sums, goes from one environment to the next. */

/** What has to be the same: a setting, whether it may be left out, and what it is then. */
const SAME: readonly { setting: string; optional: boolean; otherwise?: string }[] = [
  { setting: "release.version", optional: false },
  { setting: "release.sha256", optional: false },
  { setting: "images.source", optional: true, otherwise: "installer" },
  { setting: "images.sha256", optional: true },
];

type Settings = Readonly<Record<string, unknown>>;

function valueOf(settings: Settings, setting: string): string | undefined {
  const [key, name] = setting.split(".") as [string, string];
  const structure = settings[key];
  const value =
    typeof structure === "object" && structure !== null ? (structure as Settings)[name] : undefined;
  return typeof value === "string" || typeof value === "number"
    ? // `v1.5.4` is 1.5.4 in the settings, and a sum may be written in capitals.
      String(value)
        .toLowerCase()
        .replace(/^v(?=\d)/, "")
    : undefined;
}

/** What keeps a release from being promoted, a line each; none where nothing does. */
export function promotionProblems(
  from: { readonly stack: string; readonly settings: Settings },
  to: { readonly stack: string; readonly settings: Settings },
): string[] {
  return SAME.flatMap(({ setting, optional, otherwise }) => {
    const [have, want] = [from, to].map(({ settings }) => valueOf(settings, setting) ?? otherwise);
    const missing = [from, to]
      .filter(({ settings }) => valueOf(settings, setting) === undefined)
      .map(({ stack }) => `Pulumi.${stack}.yaml`);
    if (!optional && missing.length > 0)
      return [`harbor-ha:${setting} is missing in ${missing.join(" and ")}`];
    return have === want
      ? []
      : [
          `harbor-ha:${setting} is ${have ?? "not set"} in Pulumi.${from.stack}.yaml and ${want ?? "not set"} in Pulumi.${to.stack}.yaml`,
        ];
  });
}

function settingsOf(stack: string): Settings {
  const project = projectIn(".");
  if (project === undefined) throw new PipelineError("Pulumi.yaml names no project; check it out");
  const { file, given, unreadable } = stackFile(".", project, stack);
  if (unreadable === undefined) return given;
  throw new PipelineError(`${file} ${unreadable}; correct it and push again`);
}

/** Ends with status 1 where TO would get another release than the one that FROM runs. */
export function promote(): void {
  const { FROM, TO } = needed({
    FROM: "the environment that was deployed, such as staging",
    TO: "the one that comes next, such as prod",
  });
  const problems = promotionProblems(
    { stack: FROM, settings: settingsOf(FROM) },
    { stack: TO, settings: settingsOf(TO) },
  );
  if (problems.length > 0) {
    throw new PipelineError(
      `${TO} would not get what ${FROM} has proved, and was left as it is:\n` +
        problems.map((problem) => `  ${problem}`).join("\n") +
        "\nName the same release and the same sums in both files (sha256sum of the archive), and push again.",
    );
  }
  process.stdout.write(`${TO} gets the release that ${FROM} runs\n`);
}

if (require.main === module) runPipeline("promotion", promote);
