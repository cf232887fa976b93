import { nodeExec } from "./lab";
import type { Report } from "./report";
import { NETWORK, type HostName } from "./topology";

/*
 * An air-gapped host has no default route: what is not on the lab's network cannot be reached. The
 * engine makes the route anew at each start, so a file tells lab-init to take it away again.
 */

const FLAG = "/etc/harbor-ha-lab/air-gapped";
/** What an air-gapped site has installed beforehand; the image holds it for that. */
const PACKAGES = "/usr/local/share/lab-packages";

const CLOSE = `
set -e
[ -e ${FLAG} ] || install -D -m 0644 /dev/null ${FLAG}
command -v nsupdate >/dev/null || dpkg --install ${PACKAGES}/*.deb >/dev/null
[ -n "$(ip route show default)" ] || exit 0
ip route del default
echo closed`;

const OPEN = `
set -e
rm -f ${FLAG}
[ -z "$(ip route show default)" ] || exit 0
ip route add default via ${NETWORK.gateway}
echo opened`;

/** Takes hosts' way out away, or gives it back; leaves alone what is so already. */
export async function setAirGap(
  airGapped: boolean,
  names: readonly HostName[],
  report: Report,
): Promise<void> {
  const changed: HostName[] = [];
  await Promise.all(
    names.map(async (name) => {
      const { stdout } = await nodeExec(name, airGapped ? CLOSE : OPEN);
      if (stdout !== "") changed.push(name);
    }),
  );
  if (changed.length === 0) return;
  const hosts = changed.sort().join(", ");
  report(`${hosts}: ${airGapped ? "no way out any more" : "online again"}`);
}
