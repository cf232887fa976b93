import { nodeExec } from "./lab";
import type { Report } from "./report";

/*
 * The client is a docker host that was in use before it became a client of this registry: its engine
 * has settings of its own, and a container runs on it.
 */

export const DAEMON_FILE = "/etc/docker/daemon.json";

/** The client's daemon.json before a deployment; no program would lay it out like this. */
export const CLIENT_DAEMON = `{
    "log-opts": { "max-size": "5m" },
    "insecure-registries": ["old.example.com:5000"],
    "live-restore": false
}
`;

/** The container that was there first, and has to live on. */
export const BYSTANDER = "bystander";

/** No image can be pulled here: it is made of the host's own sleep and what that is linked with. */
const START = `
set -e
[ "$(docker inspect -f '{{.State.Running}}' ${BYSTANDER} 2>/dev/null)" != true ] || exit 0
docker rm -f ${BYSTANDER} >/dev/null 2>&1 || true
ldd /bin/sleep | grep -o '/[^ ]*' | tar -chf - /bin/sleep -T - | docker import - lab/${BYSTANDER} >/dev/null
docker run -d --name ${BYSTANDER} --restart unless-stopped --network none lab/${BYSTANDER} /bin/sleep infinity >/dev/null
echo started`;

/** Makes sure that the client's container runs; one that does is left alone. */
export async function ensureBystander(report: Report): Promise<void> {
  const { stdout } = await nodeExec("client", START);
  if (stdout !== "") report(`client: the container ${BYSTANDER} runs`);
}
