import { onEach } from "../../operate/prove/check";
import { nodeExec } from "../lab";
import type { Check, Deployment } from "./check";

/** An image of a few random bytes, so that no node can have it from an earlier run. */
const BUILD = `
set -e
folder=$(mktemp -d)
head -c 65536 /dev/urandom >"$folder/content"
printf 'FROM scratch\\nCOPY content /content\\nCMD ["/content"]\\n' >"$folder/Dockerfile"
DOCKER_BUILDKIT=0 docker build -q -t "$1" "$folder"
rm -r "$folder"`;

/** On the client, the common name stands for one node while a step runs. */
function throughNode(url: URL, address: string, step: string): string {
  return `
set -e
exec 9>/run/proof.lock
flock 9
restore() { sed '/ # proof$/d' /etc/hosts >/run/proof.hosts; cat /run/proof.hosts >/etc/hosts; }
trap restore EXIT
restore
echo "${address} ${url.hostname} # proof" >>/etc/hosts
${step}`;
}

async function onClient(script: string, input?: string): Promise<string> {
  const { code, stdout, stderr } = await nodeExec("client", script, {
    mayFail: true,
    timeout: 120,
    ...(input !== undefined && { input }),
  });
  if (code !== 0) throw new Error((stderr || stdout).trim().split("\n").slice(-3).join("\n"));
  return stdout.trim();
}

async function login({ url, adminPassword }: Deployment, address: string): Promise<void> {
  await onClient(
    throughNode(
      url,
      address,
      `docker login -u admin --password-stdin ${url.host} >/dev/null 2>/run/proof.err || { cat /run/proof.err >&2; exit 1; }`,
    ),
    adminPassword,
  );
}

/** An image that goes in through one node comes out of every other one. */
export const images: Check = {
  name: "push and pull",
  async run(deployment) {
    const { lab, url } = deployment;
    const [first, ...others] = lab.nodes;
    const tag = `${url.host}/library/proof:${Date.now().toString(36)}`;
    await login(deployment, first!.address);
    const id = await onClient(`set -- ${tag}\n${BUILD}`);
    const pushed = await onClient(
      throughNode(url, first!.address, `docker push -q ${tag}; docker rmi -f ${tag} >/dev/null`),
    ).catch((error: Error) => {
      throw new Error(`push through ${first!.name}: ${error.message}`);
    });
    await onEach(others, async ({ address }) => {
      const pulled = await onClient(
        throughNode(
          url,
          address,
          `docker pull -q ${tag} >/dev/null; docker image inspect -f '{{.Id}}' ${tag}; docker rmi -f ${tag} >/dev/null`,
        ),
      );
      if (pulled !== id) throw new Error(`pulled ${pulled} instead of ${id}`);
    });
    return `${pushed} went in through ${first!.name} and came out of ${others.map((node) => node.name).join(" and ")}`;
  },
};
