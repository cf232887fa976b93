import { CLIENT_DAEMON, DAEMON_FILE } from "./client";
import type { ContainerFile, ContainerSpec } from "./containers";
import type { Secrets } from "./secrets";
import { ADDRESSES, HOSTS, NODES, type HostName } from "./topology";

/**
 * What systemd and an inner dockerd need. `--privileged` would do, but is refused on hosts that
 * lack one of the capabilities it gives.
 */
const VM_LIKE = [
  ...["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE"],
  ...["seccomp=unconfined", "apparmor=unconfined", "systempaths=unconfined"].flatMap((option) => [
    "--security-opt",
    option,
  ]),
  ...["--device", "/dev/fuse", "--device", "/dev/net/tun", "--device-cgroup-rule", "a *:* rwm"],
  "--cgroupns=private",
  ...["--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec"],
  ...["--stop-timeout", "20"],
];

/** The sshd settings in which a host differs from Debian's. */
function sshdSettings(name: HostName): string {
  const access = NODES.find((node) => node.name === name);
  const lines = [
    "PasswordAuthentication no",
    // Each connection leaves a line in the journal, so that they can be counted.
    "LogLevel VERBOSE",
    `PermitRootLogin ${access?.user === "ops" ? "no" : "prohibit-password"}`,
  ];
  if (access?.bastion) lines.push(`AllowUsers *@${ADDRESSES[access.bastion]}`);
  return `${lines.join("\n")}\n`;
}

function hostFiles(name: HostName, secrets: Secrets): ContainerFile[] {
  const hostKey = secrets.hostKeys[name];
  const authorized = `${secrets.ssh.publicKey}\n`;
  const files: ContainerFile[] = [
    { path: "/etc/ssh/ssh_host_ed25519_key", text: hostKey.privateKey, mode: 0o600 },
    { path: "/etc/ssh/ssh_host_ed25519_key.pub", text: `${hostKey.publicKey}\n`, mode: 0o644 },
    { path: "/etc/ssh/sshd_config.d/lab.conf", text: sshdSettings(name), mode: 0o644 },
    { path: "/root/.ssh/authorized_keys", text: authorized, mode: 0o600 },
    { path: "/home/ops/.ssh/authorized_keys", text: authorized, mode: 0o600, owner: 1000 },
  ];
  if (name === "client") files.push({ path: DAEMON_FILE, text: CLIENT_DAEMON, mode: 0o644 });
  return files;
}

/** The three nodes and the client: hosts with systemd, sshd and a dockerd of their own. */
export function hostSpecs(image: string, secrets: Secrets): ContainerSpec[] {
  return HOSTS.map((name) => ({
    name,
    image,
    flags: [...VM_LIKE, "--dns", ADDRESSES.dns],
    environment: { LAB_DNS: ADDRESSES.dns },
    volumes: { docker: "/var/lib/docker" },
    files: hostFiles(name, secrets),
    ready: ["lab-ready"],
    patience: 90,
  }));
}
