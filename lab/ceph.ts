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

/** The secret key of the client that may use only `CEPH.path`; the cluster makes it. */
export async function cephClientKey(): Promise<string> {
  const keyring = `/etc/ceph/ceph.client.${CEPH.client}.keyring`;
  return waitFor("Ceph client key", async () => {
    const read = await run("docker", ["exec", containerOf("ceph"), "cat", keyring], {
      mayFail: true,
    });
    return /^\s*key = (\S+)$/m.exec(read.stdout)?.[1];
  });
}
