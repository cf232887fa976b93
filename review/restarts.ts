import type { HostFile } from "../host/command";
import { Compose } from "../release/compose";
import { fileDigests } from "../release/digests";
import type { RenderedFile } from "../release/render";

const COMPOSE = "docker-compose.yml";

/** By service, what its container is made from: another text is another container. */
function containers(files: readonly HostFile[]): Map<string, string> {
  const text = files.find(({ path }) => path === COMPOSE)?.content;
  if (text === undefined) return new Map();
  const compose = Compose.parse(text);
  const digests = fileDigests(compose, files as readonly RenderedFile[]);
  return new Map(
    compose
      .serviceNames()
      .map((name) => [name, `${compose.definition(name)} ${digests.get(name) ?? ""}`]),
  );
}

/**
 * The services that a node starts anew when its release's files become others, by the rule that the node
 * itself goes by (`release/digests.ts`), sorted. New services count, those that go do not.
 * @param before the files as they may be seen, now
 * @param after the same, later
 * @throws ReleaseError where a docker-compose.yml is none
 */
export function restarted(before: readonly HostFile[], after: readonly HostFile[]): string[] {
  const now = containers(before);
  return [...containers(after)]
    .filter(([name, made]) => now.get(name) !== made)
    .map(([name]) => name)
    .sort();
}

/**
 * The services that are started anew when hidden values become others: those whose files name them, and
 * those that look at these.
 * @param names what stands for the values, such as `databasePassword`
 */
export function restartedBy(names: readonly string[], files: readonly HostFile[]): string[] {
  if (names.length === 0) return [];
  const holders = new RegExp(`\\{\\{ (${names.join("|")})\\b`);
  const touched = files.map((file) =>
    holders.test(file.content) ? { ...file, content: `${file.content}#\n` } : file,
  );
  return restarted(files, touched);
}
