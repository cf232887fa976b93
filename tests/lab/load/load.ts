import { nodeExec } from "../../../lab/lab";
import type { Deployment } from "../../../lab/proof/check";
import { dockerLine, type DockerSeen, startDockerLoop } from "./docker-loop";
import { type Image, startSteady, steadyLine, type SteadySeen } from "./steady";

export interface LoadSeen {
  readonly steady: SteadySeen;
  readonly docker: DockerSeen;
}

/** Pushes a small image into the public project `library`, for clients that only read. */
export async function pushImage({ url, adminPassword }: Deployment, name: string): Promise<Image> {
  const repository = `library/${name}`;
  const tag = `${url.host}/${repository}:1`;
  const { stdout } = await nodeExec(
    "client",
    `set -e
     docker login -u admin --password-stdin ${url.host} >/dev/null 2>&1
     folder=$(mktemp -d)
     trap 'rm -r "$folder"' EXIT
     head -c 65536 /dev/urandom >"$folder/content"
     printf 'FROM scratch\\nCOPY content /content\\nCMD ["/content"]\\n' >"$folder/Dockerfile"
     DOCKER_BUILDKIT=0 docker build -q -t ${tag} "$folder" >/dev/null
     docker push -q ${tag} >/dev/null
     docker image inspect -f '{{index .RepoDigests 0}}' ${tag}
     docker rmi -f ${tag} >/dev/null`,
    { input: adminPassword, timeout: 120 },
  );
  return { repository, digest: stdout.trim().split("@")[1]! };
}

/** Clients at work. */
export interface Load {
  soFar(): LoadSeen;
  /** Ends them and prints their numbers. */
  stop(): Promise<LoadSeen>;
}

/** Both clients at once: one that reads every 100 ms, and docker that pushes and pulls in a loop. */
export async function startLoad(deployment: Deployment): Promise<Load> {
  const image = await pushImage(deployment, "steady");
  const docker = await startDockerLoop(deployment);
  const steady = startSteady(deployment, image);
  return {
    soFar: () => ({ steady: steady.soFar(), docker: docker.soFar() }),
    async stop() {
      const [seenSteady, seenDocker] = await Promise.all([steady.stop(), docker.stop()]);
      process.stderr.write(`  ${steadyLine(seenSteady)}\n  ${dockerLine(seenDocker)}\n`);
      return { steady: seenSteady, docker: seenDocker };
    },
  };
}
