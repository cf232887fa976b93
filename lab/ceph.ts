import type { ContainerSpec } from "./containers";
import { run, waitFor } from "./shell";
import { ADDRESSES, CEPH, NETWORK, containerOf } from "./topology";

/** A Ceph cluster in one container. */
export function cephSpec(image: string): ContainerSpec {
  return {
    name: "ceph",
    image,
    flags: ["--init", "--stop-timeout", "10"],
    environment: {
      CEPH_ADDRESS: ADDRESSES.ceph,
      CEPH_SUBNET: NETWORK.subnet,
      CEPH_FILE_SYSTEM: CEPH.fileSystem,
      CEPH_CLIENT: CEPH.client,
      CEPH_CLIENT_PATH: CEPH.path,
    },
    volumes: { data: "/var/lib/ceph" },
    ready: ["lab-ready"],
    patience: 150,
  };
}

/**
 * The secret key of a client, which the cluster makes: of the one that may use only `CEPH.path`.
 * @param client another one, without the leading `client.`
 */
export async function cephClientKey(client: string = CEPH.client): Promise<string> {
  const keyring = `/etc/ceph/ceph.client.${client}.keyring`;
  return waitFor("Ceph client key", async () => {
    const read = await run("docker", ["exec", containerOf("ceph"), "cat", keyring], {
      mayFail: true,
    });
    return /^\s*key = (\S+)$/m.exec(read.stdout)?.[1];
  });
}

/** A directory of the file system, and a client that may use only that; the secret key of the client. */
export async function cephDirectory(path: string, client: string): Promise<string> {
  const command = ["ceph-directory", CEPH.fileSystem, path, client];
  await run("docker", ["exec", containerOf("ceph"), ...command]);
  return cephClientKey(client);
}
