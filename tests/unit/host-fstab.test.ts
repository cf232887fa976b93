import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { shell } from "./fixtures/shell";

const MARK = "# harbor-ha: the line below is managed";
const OURS = "ceph1:/ /mnt/cephfs ceph name=harbor,_netdev,noatime 0 0";
const OTHERS = "# the root\nUUID=1 / ext4 defaults 0 1\n\ntmpfs /tmp tmpfs size=1g 0 0\n";

let folder: string;
let fstab: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-fstab-"));
  fstab = join(folder, "fstab");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(content: string, text: string) {
  writeFileSync(fstab, content);
  return shell({
    parts: ["prelude", "fstab-mark", "fstab"],
    text,
    environment: { MOUNT_POINT: "/mnt/cephfs", FSTAB_LINE: OURS },
    paths: { "/etc/fstab": fstab },
  });
}

test.each([
  ["nothing of ours", OTHERS, OTHERS],
  ["our line at the end", `${OTHERS}${MARK}\n${OURS}\n`, OTHERS],
  [
    "our line between others",
    `a /a x 0 0\n${MARK}\n${OURS}\nb /b x 0 0\n`,
    "a /a x 0 0\nb /b x 0 0\n",
  ],
  ["a mark whose line is gone", `${MARK}\nb /b x 0 0\n`, `${MARK}\nb /b x 0 0\n`],
  ["a line for the mount point that stands below no mark", `${OURS}\n`, `${OURS}\n`],
  ["our line as somebody changed it", `${MARK}\nceph2:/ /mnt/cephfs ceph ro 0 0\n`, ""],
])("takes away our line alone: %s", async (_, before, after) => {
  const { stdout, status } = await run(before, "fstab_without_ours");
  expect({ stdout, status }).toEqual({ stdout: after, status: 0 });
  expect(readFileSync(fstab, "utf8")).toBe(before);
});

test.each([
  ["none", OTHERS, ""],
  ["ours is not foreign", `${MARK}\n${OURS}\n`, ""],
  ["a comment is none", `# old: /mnt/cephfs\n#x /mnt/cephfs nfs\n`, ""],
  [
    "somebody else's",
    `nas:/x /mnt/cephfs nfs 0 0\n${MARK}\n${OURS}\n`,
    "nas:/x /mnt/cephfs nfs 0 0\n",
  ],
])("finds a foreign line for the mount point: %s", async (_, content, found) => {
  expect(await run(content, "foreign_fstab_line")).toMatchObject({ stdout: found, status: 0 });
});
