import { type CephfsClient, clientFiles, fstabLine } from "../../host/cephfs";

const CLIENT: CephfsClient = {
  monitors: ["ceph1.example.com:6789", "192.0.2.22"],
  fileSystem: "cephfs",
  path: "/apps/harbor",
  client: "harbor",
  mountPoint: "/mnt/cephfs",
  driver: "kernel",
};
const FUSE: CephfsClient = { ...CLIENT, driver: "fuse" };
const KEY = "AQBSecretSecretSecretSecretSecretSecre==";

test("the kernel's client: every monitor, the path, and the key by its file", () => {
  expect(fstabLine(CLIENT)).toBe(
    "ceph1.example.com:6789,192.0.2.22:/apps/harbor /mnt/cephfs ceph " +
      "name=harbor,secretfile=/etc/ceph/harbor-ha.secret,mds_namespace=cephfs,_netdev,noatime 0 0",
  );
});

test("ceph-fuse: its own configuration, and the path as the client's root", () => {
  expect(fstabLine(FUSE)).toBe(
    "none /mnt/cephfs fuse.ceph " +
      "ceph.id=harbor,ceph.conf=/etc/ceph/harbor-ha.conf,ceph.client_mountpoint=/apps/harbor," +
      "ceph.client_fs=cephfs,_netdev,noatime 0 0",
  );
});

test.each([CLIENT, FUSE])("the path stands in the line where it is the root: $driver", (client) => {
  expect(fstabLine({ ...client, path: "/" })).toMatch(/:\/ |ceph\.client_mountpoint=\/,/);
});

test.each([CLIENT, FUSE])("the line has six fields and no key: $driver", (client) => {
  expect(fstabLine(client).split(" ")).toHaveLength(6);
  expect(fstabLine(client)).not.toContain(KEY);
});

test("the kernel's client reads the key alone", () => {
  expect(clientFiles(CLIENT, KEY)).toEqual([
    { path: "/etc/ceph/harbor-ha.secret", mode: 0o600, content: `${KEY}\n` },
  ]);
});

test("ceph-fuse reads monitors from a configuration and the key from a keyring", () => {
  expect(clientFiles(FUSE, KEY)).toEqual([
    {
      path: "/etc/ceph/harbor-ha.conf",
      mode: 0o600,
      content:
        "[global]\nmon_host = ceph1.example.com:6789,192.0.2.22\nkeyring = /etc/ceph/harbor-ha.keyring\n",
    },
    {
      path: "/etc/ceph/harbor-ha.keyring",
      mode: 0o600,
      content: `[client.harbor]\n\tkey = ${KEY}\n`,
    },
  ]);
});
