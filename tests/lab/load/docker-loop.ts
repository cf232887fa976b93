import { nodeExec } from "../../../lab/lab";
import type { Deployment } from "../../../lab/proof/check";

/** A round of the docker client that failed. */
export interface DockerFailure {
  /** UTC, `18:06:31`. */
  readonly time: string;
  readonly step: string;
  /** The last line that docker said. */
  readonly what: string;
}

/** What a docker client saw that pushes and pulls in a loop. */
export interface DockerSeen {
  readonly rounds: number;
  /** References by digest of every push that docker said had succeeded. */
  readonly acknowledged: readonly string[];
  readonly failures: readonly DockerFailure[];
}

const STOP = "/run/docker-loop.stop";
const LOOP_REPOSITORY = "library/loop";

/**
 * A round: a new image of random bytes is pushed, forgotten and pulled by its digest. An image's id
 * is the sum over its configuration and that over its layers, so equal ids are equal content.
 * $1: the repository with its registry. Prints a line a round: `ok` or `failed STEP TEXT`, and before
 * it `pushed REFERENCE` once the push is acknowledged.
 */
const LOOP = `
repository=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder" ${STOP}' EXIT
printf 'FROM scratch\\nCOPY content /content\\nCMD ["/content"]\\n' >"$folder/Dockerfile"
failed() { echo "failed $(date -u +%T) $1 $(tail -n 1 "$folder/said")"; docker rmi -f "$tag" >/dev/null 2>&1; }
step() { timeout 120 "$@" >"$folder/said" 2>&1; }
for ((round = 1; ; round++)); do
  [ ! -e ${STOP} ] || exit 0
  tag=$repository:round-$round
  head -c 65536 /dev/urandom >"$folder/content"
  DOCKER_BUILDKIT=0 step docker build -q -t "$tag" "$folder" || { failed build; continue; }
  id=$(docker image inspect -f '{{.Id}}' "$tag")
  step docker push -q "$tag" || { failed push; sleep 0.2; continue; }
  reference=$(docker image inspect -f '{{index .RepoDigests 0}}' "$tag")
  echo "pushed $reference"
  docker rmi -f "$id" >/dev/null
  step docker pull -q "$reference" || { failed pull; sleep 0.2; continue; }
  pulled=$(docker image inspect -f '{{.Id}}' "$reference")
  docker rmi -f "$reference" >/dev/null
  if [ "$pulled" = "$id" ]; then echo ok; else echo "pulled $pulled instead of $id" >"$folder/said"; failed compare; fi
done`;

const LOGIN = `
docker login -u admin --password-stdin "$1" >/dev/null 2>/run/docker-loop.err || { cat /run/docker-loop.err >&2; exit 1; }
rm -f /run/docker-loop.err ${STOP}`;

/** Docker on the client pushes and pulls one image after another until it is stopped. */
export async function startDockerLoop({
  url,
  adminPassword,
}: Deployment): Promise<{ stop(): Promise<DockerSeen>; soFar(): DockerSeen }> {
  await nodeExec("client", `set -- ${url.host}\n${LOGIN}`, { input: adminPassword, timeout: 60 });
  const acknowledged: string[] = [];
  const failures: DockerFailure[] = [];
  let rounds = 0;
  const loop = nodeExec("client", `set -- ${url.host}/${LOOP_REPOSITORY}\n${LOOP}`, {
    onLine: (line) => {
      const [, kind, rest = ""] = /^(\w+) ?(.*)$/.exec(line) ?? [];
      if (kind === "pushed") acknowledged.push(rest);
      // Everything else is standard error, and no round.
      if (kind === "ok" || kind === "failed") rounds++;
      const [, time, step, what] = (kind === "failed" && /^(\S+) (\S+) (.*)$/.exec(rest)) || [];
      if (time !== undefined) failures.push({ time, step: step!, what: what! });
    },
  });
  // It is waited for below; until then a failure of it must not end this process.
  loop.catch(() => undefined);
  const soFar = (): DockerSeen => ({
    rounds,
    acknowledged: [...acknowledged],
    failures: [...failures],
  });
  return {
    soFar,
    async stop() {
      await nodeExec("client", `touch ${STOP}`);
      await loop;
      return soFar();
    },
  };
}

/** Pulls each image on the client, by digest. @returns those that cannot be pulled. */
export async function notPullable(references: readonly string[]): Promise<string[]> {
  const pull = `while read -r reference; do
    docker pull -q "$reference" >/dev/null 2>&1 && docker rmi -f "$reference" >/dev/null || echo "$reference"
  done`;
  const { stdout } = await nodeExec("client", pull, { input: `${references.join("\n")}\n` });
  return stdout.split("\n").filter(Boolean);
}

/** The numbers in one line. */
export function dockerLine({ rounds, acknowledged, failures }: DockerSeen): string {
  const kinds = failures.map(({ time, step, what }) => `${time} ${step}: ${what}`).join("; ");
  return (
    `docker client: ${String(rounds)} rounds, ${String(failures.length)} failed` +
    `${kinds === "" ? "" : ` (${kinds})`}; ${String(acknowledged.length)} pushes acknowledged`
  );
}
