import { nodeExec } from "./lab";
import { HOSTS } from "./topology";

/** SSH logins that the hosts' sshd have logged so far; connections through a bastion count twice. */
export async function sshLogins(): Promise<number> {
  const script = "journalctl -u ssh --no-pager -o cat | grep -c 'Accepted publickey' || true";
  const counts = await Promise.all(HOSTS.map((name) => nodeExec(name, script)));
  return counts.reduce((sum, { stdout }) => sum + Number(stdout), 0);
}
