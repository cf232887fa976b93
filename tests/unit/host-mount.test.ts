import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shellFile } from "../../host/script";
import { functionsOf, shell } from "./fixtures/shell";

const FUNCTIONS = functionsOf("mount");
const OTHERS = "UUID=1 / ext4 defaults 0 1\n\n";
const MARK = "# harbor-ha: the line below is managed\n";

let folder: string;
const path = (name: string) => join(folder, name);
const own = (name = "") => path(`mount/.harbor-ha/${name}`);
const mode = (name: string) => statSync(name).mode & 0o777;
const fstab = () => readFileSync(path("fstab"), "utf8");

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-mount-"));
  for (const name of ["bin", "mount", "ceph"]) mkdirSync(path(name));
  for (const name of ["systemctl", "mountpoint", "umount", "chattr"]) {
    writeFileSync(path(`bin/${name}`), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  }
  writeFileSync(path("fstab"), OTHERS);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (text: string, environment: Readonly<Record<string, string>> = {}) =>
  shell({
    parts: ["prelude", "fstab-mark", "host-owner", "fstab"],
    text,
    environment: {
      PATH: `${path("bin")}:${process.env["PATH"]}`,
      MOUNT_POINT: path("mount"),
      DATA_DIRECTORY: "data",
      CLUSTER: "cluster",
      PREDECESSOR: "",
      STATE_DIR: path("state"),
      IS_CARRIER: "false",
      FSTAB_LINE: `ceph:/ ${path("mount")} ceph x 0 0`,
      CLIENT_FILES: path("ceph/harbor-ha.secret"),
      ...environment,
    },
    paths: {
      "/run/lock/harbor-ha.lock": path("lock"),
      "/var/lib/harbor-ha": path("state"),
      "/etc/fstab": path("fstab"),
      "/etc/ceph": path("ceph"),
      "/etc/systemd": path("systemd"),
    },
  });

describe("mounting", () => {
  const probe = (NODE: string, IS_CARRIER = "false") =>
    run(`${FUNCTIONS}\nprobe`, { NODE, IS_CARRIER });

  test("the carrier's user reaches the uploads, whichever node comes last", async () => {
    await probe("hub1", "true");
    expect(await probe("hub2")).toMatchObject({ status: 0, stderr: "" });
    expect([mode(own()), mode(own("nodes")), mode(own("upload"))]).toEqual([0o711, 0o700, 0o700]);
    expect(readdirSync(own("nodes"))).toEqual(["hub1", "hub2"]);
  });

  describe("a file system with another stack's mark", () => {
    const PROD = "harbor-ha/prod hub.example.com\n";
    const CLUSTER = "harbor-ha/new hub.example.com";
    const guarded = (PREDECESSOR = "", before = "") =>
      run(`${FUNCTIONS}\n${before}\nrefuse_foreign_file_system\nprobe`, { CLUSTER, PREDECESSOR });
    const marks = () => readdirSync(own("nodes"));
    beforeEach(() => {
      mkdirSync(own("nodes"), { recursive: true });
      writeFileSync(own("nodes/hub9"), PROD);
    });

    test("is refused before anything is written there, and says how to go on", async () => {
      const { status, stderr } = await guarded();
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /^hub1: the directory at .*mount is that of harbor-ha\/prod \(hub\.example\.com\), and nothing was written there; name another \(cephfs\.path\)\..*: pulumi config set predecessor harbor-ha\/prod, see /,
      );
      expect([readdirSync(path("mount")), marks()]).toEqual([[".harbor-ha"], ["hub9"]]);
    });

    test("is unmounted again where this run mounted it, and fstab as before", async () => {
      writeFileSync(path("bin/umount"), `#!/bin/sh\necho "$*" >>${path("umounts")}\n`);
      await guarded("", "write_fstab; mounted_now=true");
      expect(readFileSync(path("umounts"), "utf8")).toBe(`${path("mount")}\n`);
      expect(fstab()).toBe(OTHERS);
      rmSync(path("umounts"));
      await guarded("", "write_fstab");
      expect([existsSync(path("umounts")), fstab()]).toEqual([
        false,
        expect.stringContaining(MARK),
      ]);
    });

    test("is taken by a stack that takes the place of that one", async () => {
      expect(await guarded("harbor-ha/prod")).toMatchObject({ status: 0 });
      expect(marks()).toEqual(["hub1", "hub9"]);
      // From then on it is this stack's, also when the setting is taken out again.
      expect(await guarded()).toMatchObject({ status: 0 });
    });

    test.each([
      ["of this stack under an earlier hostname", "harbor-ha/new old.example.com\n"],
      ["that is just being written", ""],
    ])("is none with a mark %s", async (_, mark) => {
      writeFileSync(own("nodes/hub9"), mark);
      expect(await guarded()).toMatchObject({ status: 0 });
    });
  });

  test("the mode of a data directory that is there stays", async () => {
    await probe("hub1");
    expect(mode(path("mount/data"))).toBe(0o750);
    chmodSync(path("mount/data"), 0o755);
    await probe("hub1");
    expect(mode(path("mount/data"))).toBe(0o755);
  });

  test("fstab gets our line once, and stays whole where it cannot be read", async () => {
    await run(`${FUNCTIONS}\nwrite_fstab`);
    expect((await run(`${FUNCTIONS}\nwrite_fstab`)).stderr).toBe("");
    const written = `${OTHERS}${MARK}ceph:/ ${path("mount")} ceph x 0 0\n`;
    expect(fstab()).toBe(written);
    const failing = "fstab_without_ours() { echo cut; return 1; }; foreign_fstab_line() { :; }";
    expect((await run(`${FUNCTIONS}\n${failing}\nwrite_fstab`)).status).toBe(1);
    expect(fstab()).toBe(written);
  });
});

describe("unmounting", () => {
  const NO_PROXY = "remove_docker_proxy() { :; }; docker_proxy_pending() { false; }\n";
  const unmount = () => run(`${NO_PROXY}${shellFile("unmount")}`);
  const KEPT = ["backup", "database-release"];
  const keeps = (...nodes: string[]) => {
    for (const name of ["backup", "upload"]) mkdirSync(own(name), { recursive: true });
    for (const name of ["backup/registry.sql.gz", "database-release", "schema.lock"]) {
      writeFileSync(own(name), "");
    }
    if (nodes.length > 0) mkdirSync(own("nodes"));
    for (const node of nodes) writeFileSync(own(`nodes/${node}`), "cluster\n");
  };

  test("takes the node's mark alone while another node has one", async () => {
    keeps("hub1", "hub2");
    // A run that was killed while it looked whether the mount can be written to.
    writeFileSync(own("probe-hub1"), "");
    expect(await unmount()).toMatchObject({ status: 0 });
    expect(readdirSync(own("nodes"))).toEqual(["hub2"]);
    expect(readdirSync(own())).toEqual([...KEPT, "nodes", "schema.lock", "upload"]);
  });

  test.each([
    ["the last node", ["hub1"]],
    ["one whose run was killed at its mark", ["hub1", ".harbor-ha.hub1"]],
    ["one that was killed after it had taken the last mark", []],
  ])("%s leaves the dumps and the record of the release alone", async (_, nodes) => {
    keeps(...nodes);
    expect(await unmount()).toMatchObject({ status: 0 });
    expect(readdirSync(own())).toEqual(KEPT);
    expect(existsSync(own("backup/registry.sql.gz"))).toBe(true);
    expect(await unmount()).toMatchObject({ status: 0 });
    expect(readdirSync(own())).toEqual(KEPT);
  });

  test("two nodes that are the last at the same time don't stumble over each other", async () => {
    keeps("hub1", "hub2");
    // What find has listed is gone when it looks at it.
    const gone = `echo "find: 'upload': No such file or directory" >&2; exit 1`;
    const find = execFileSync("sh", ["-c", "command -v find"], { encoding: "utf8" }).trim();
    writeFileSync(
      path("bin/find"),
      `#!/bin/sh\n${find} "$@"\ncase "$*" in *-exec*) ${gone} ;; esac\n`,
      { mode: 0o755 },
    );
    // Two hosts share the file system alone.
    const leave = (NODE: string) => run(`${functionsOf("unmount")}\nleave_file_system`, { NODE });
    const runs = await Promise.all([leave("hub1"), leave("hub2")]);
    expect(runs.map(({ status }) => status)).toEqual([0, 0]);
    expect(runs.map(({ stderr }) => stderr).join("")).not.toContain("could not be removed");
    expect(readdirSync(own())).toEqual(KEPT);
  });

  test("a file system without anything of ours is left as it is", async () => {
    expect(await unmount()).toMatchObject({ status: 0 });
    expect(readdirSync(path("mount"))).toEqual([]);
  });

  test("fstab gets its earlier bytes, and no key stays", async () => {
    writeFileSync(path("fstab"), `${OTHERS}${MARK}ceph:/ ${path("mount")} ceph x 0 0\n`);
    const keys = ["harbor-ha.secret", "harbor-ha.keyring", ".harbor-ha.harbor-ha.secret"];
    for (const name of [...keys, "ceph.conf"]) writeFileSync(path(`ceph/${name}`), "");
    expect(await unmount()).toMatchObject({ status: 0 });
    expect(fstab()).toBe(OTHERS);
    expect(readdirSync(path("ceph"))).toEqual(["ceph.conf"]);
  });
});
