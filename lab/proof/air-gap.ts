import { onEach } from "../../operate/prove/check";
import { nodeExec } from "../lab";
import { HOSTS } from "../topology";
import type { Check } from "./check";

/** An address that nobody has (RFC 5737) and that is not on the lab's network. */
const OUTSIDE = "192.0.2.1";

/** A filtered packet is waited for; without a route the kernel says so at once. */
const LOOK = `
route=$(ip -4 route show default; ip -6 route show default)
[ -z "$route" ] || { echo "has a default route: $route"; exit 1; }
said=$(timeout 2 bash -c 'exec 3<>/dev/tcp/${OUTSIDE}/443' 2>&1) &&
  { echo "a connection to ${OUTSIDE} succeeds"; exit 1; }
case $said in
  *"Network is unreachable"*) ;;
  *) echo "a connection to ${OUTSIDE} is not refused at once: \${said:-it hangs}"; exit 1 ;;
esac
! docker pull -q ${OUTSIDE}/library/any >/dev/null 2>&1 || { echo "docker pulls an image from ${OUTSIDE}"; exit 1; }`;

/** Nothing but the lab's own network can be reached from a host. */
export const airGap: Check = {
  name: "air gap",
  appliesTo: ({ airGapped }) => airGapped,
  async run() {
    await onEach(
      HOSTS.map((name) => ({ name })),
      async ({ name }) => {
        const seen = await nodeExec(name, LOOK, { mayFail: true, timeout: 60 });
        if (seen.code !== 0) throw new Error(seen.stdout || seen.stderr);
      },
    );
    return `${HOSTS.join(", ")} have no default route, reach nothing outside and pull no image`;
  },
};
