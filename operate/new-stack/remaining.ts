import { isUrl } from "../../is-url";
import { field, textAt } from "../../settings/given";
import { isSecret } from "./environment";
import type { NewStack } from "./new-stack";

/* What is left to do once a stack's file is there: what the program cannot make, and commands. */

/** How a secret gets in: from a file where it has several lines, else asked for. */
function setting(name: string, { stack }: NewStack, project: string): string {
  const files: Readonly<Record<string, string>> = {
    "ssh.privateKey": "~/.ssh/id_ed25519",
    "tls.certificate": "certificate.pem",
    "tls.key": "key.pem",
  };
  const kind = isSecret(name) ? " --secret" : "";
  const file = files[name];
  return `pulumi config set --stack ${stack}${kind} --path '${project}:${name}'${file ? ` < ${file}` : ""}`;
}

/** What has to be there before the first deployment, in words. */
function prerequisites({ given }: NewStack): string[] {
  const { cephfs, database, dns, hostname, release } = given;
  const client = textAt(cephfs, "client");
  const user = textAt(database, "user");
  const updates = textAt(dns, "provider") === "rfc2136";
  const installer = textAt(release, "installer") ?? "";
  return [
    `the installer ${installer}, which the preview ${isUrl(installer) ? "fetches" : "reads"}`,
    `the directory ${textAt(cephfs, "path")} on the file system, where client.${client} may write`,
    `the empty database ${textAt(database, "name")} with the character set utf8, and all rights on it for ${user}`,
    ...(updates
      ? [`the right of the key ${textAt(dns, "tsig", "name")} to change ${String(hostname)}`]
      : [`the A records of ${String(hostname)}, which the outputs will name`]),
  ];
}

/** The lines to print, the commands to be copied. */
export function remaining(made: NewStack, project: string, file: string): string {
  const { stack, given, pending } = made;
  const nodes = Array.isArray(given.nodes) ? given.nodes.length : 0;
  const port = field(given, "port");
  const lines = [
    `${file} is written: ${nodes} ${nodes === 1 ? "node" : "nodes"} behind ${String(given.hostname)}:${String(port)}. Nothing else was changed.`,
    "",
    "To be there before the first deployment:",
    ...prerequisites(made).map((text) => `  - ${text}`),
    "",
    `Then, in the folder of ${file} (without a file behind it, a command asks for the value):`,
    `  pulumi stack init ${stack}`,
    ...pending.map((name) => `  ${setting(name, made, project)}`),
    `  pulumi preview --stack ${stack} --diff`,
    `  pulumi up --stack ${stack}`,
    "",
  ];
  return lines.join("\n");
}
