import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { partsOf, shellFile } from "../../host/script";
import { secretLines, shell } from "./fixtures/shell";

/**
 * A docker whose images are lines of a file. `load` takes the names from the archive's manifest,
 * `pull` knows what the registry has and fails as often as told.
 */
const DOCKER = `#!/usr/bin/env bash
cd "$(dirname "$0")/state"
echo "$*" >>calls
case "$1 $2" in
  "image inspect") grep -qxF "$3" images ;;
  "image rm") sed -i "\\#^$3\\$#d" images ;;
  "load -q")
    cat >loaded
    [[ ! -e full ]] || { echo "no space left on device" >&2; exit 1; }
    tar -xOf loaded manifest.json | grep -oE '[a-z0-9/.-]+:v[0-9.]+' >>images ;;
  "pull -q")
    if read -r _ <failures; then
      sed -i 1d failures
      echo "error during connect" >&2
      echo "proxyconnect http://user:Secret-proxy@proxy.example.com:3128: refused" >&2
      exit 1
    fi
    grep -qxF "$3" registry || { echo "manifest for $3 not found" >&2; exit 1; }
    echo "$3" >>images ;;
  "tag "*) echo "$3" >>images ;;
  "compose "*) ;;
  *) exit 64 ;;
esac
`;

const IMAGES = ["vmware/harbor-log:v1.5.4", "vmware/harbor-ui:v1.5.4"];
const UI = IMAGES[1]!;

let folder: string;
let docker: string;
let uploads: string;
const path = (...parts: string[]) => join(folder, ...parts);
const lines = (name: string) =>
  readFileSync(join(docker, name), "utf8").split("\n").filter(Boolean);
const calls = (verb: string) => lines("calls").filter((call) => call.startsWith(verb));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "harbor-ha-stage-"));
  docker = path("bin/state");
  uploads = path("mount/.harbor-ha/upload");
  for (const made of [docker, uploads, path("mount/data")]) mkdirSync(made, { recursive: true });
  for (const state of ["calls", "images", "registry", "failures"]) {
    writeFileSync(join(docker, state), "");
  }
  const program = (name: string, text: string) =>
    writeFileSync(path("bin", name), text, { mode: 0o755 });
  program("docker", DOCKER);
  program("systemctl", "#!/bin/sh\necho MainPID=42\n");
  writeFileSync(path("environ"), "");
  program("mountpoint", "#!/bin/sh\nexit 0\n");
  program(
    "sync",
    '#!/bin/sh\necho "$* | $(ls "${0%/*}/../opt/releases")" >>"${0%/*}/state/synchronised"\n',
  );
  program("sleep", '#!/bin/sh\necho "sleep $1" >>"$(dirname "$0")/state/calls"\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What `docker save` writes, as far as it is read. */
function savedImages(name: string, images: readonly string[] = IMAGES, compress = true): string {
  const from = mkdtempSync(path("saved-"));
  writeFileSync(join(from, "manifest.json"), JSON.stringify([{ RepoTags: images }]));
  execFileSync("tar", [compress ? "-czf" : "-cf", path(name), "-C", from, "manifest.json"]);
  return path(name);
}

/** An offline installer with the images in it. */
function installer(member = "harbor/harbor.v1.5.4.tar.gz"): string {
  mkdirSync(path("installer/harbor"), { recursive: true });
  cpSync(savedImages("images.tar.gz"), path("installer", member));
  writeFileSync(path("installer/harbor/harbor.cfg"), "hostname = x\n");
  execFileSync("tar", ["-czf", path("installer.tgz"), "-C", path("installer"), "harbor"]);
  return path("installer.tgz");
}

const sum = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

function stage(parameters: Readonly<Record<string, string>>) {
  const file = (name: string, content: string) =>
    `file 0600 ${name} ${content.length}\n${content}\n`;
  return shell({
    parts: partsOf("stage").slice(0, -1),
    text: shellFile("stage"),
    input: `${secretLines({ release_digest: "d1", secretkey: "0123456789abcdef" })}${file("common/config/x", "x\n")}${file("docker-compose.yml", "version: '2'\n")}`,
    environment: {
      PATH: `${path("bin")}:${process.env["PATH"]}`,
      CLUSTER: "cluster",
      CARRIER: "hub1",
      PEERS: "",
      PROJECT: "harbor",
      INSTALL_DIR: path("opt"),
      MOUNT_POINT: path("mount"),
      DATA_DIRECTORY: "data",
      DATA_DIRECTORIES: "registry",
      RELEASE_VERSION: "1.5.4",
      IMAGES: IMAGES.join(" "),
      IMAGE_SOURCE: "nodes",
      ARCHIVE_PATH: "",
      ARCHIVE_SHA256: "",
      ARCHIVE_MEMBER: "",
      MIRROR_PREFIX: "",
      ...parameters,
    },
    paths: {
      "/run/lock/harbor-ha.lock": path("lock"),
      "/var/lib/harbor-ha": path("state"),
      "/etc/fstab": path("fstab"),
      "/etc/harbor-ha/docker-proxy.env": path("docker-proxy.env"),
      "/proc/$pid/environ": path("environ"),
    },
  });
}

const archive = (file: string, more: Readonly<Record<string, string>> = {}) =>
  stage({ IMAGE_SOURCE: "archive", ARCHIVE_PATH: file, ...more });
const stamps = () => readdirSync(path("opt")).filter((name) => name.startsWith("images-"));

describe("from an archive", () => {
  test.each([
    ["an installer, whose member is named", () => installer(), "harbor/harbor.v1.5.4.tar.gz"],
    ["an installer, whose member is found", () => installer(), ""],
    ["an installer with a member of another ending", () => installer("harbor/harbor.tgz"), ""],
    ["images that docker saved, compressed", () => savedImages("saved.tgz"), ""],
    ["images that docker saved, plain", () => savedImages("saved.tar", IMAGES, false), ""],
  ])("loads %s", async (_, made, ARCHIVE_MEMBER) => {
    const file = made();
    const { status, stderr } = await archive(file, { ARCHIVE_SHA256: sum(file), ARCHIVE_MEMBER });
    expect({ status, images: lines("images") }).toEqual({ status: 0, images: IMAGES });
    expect(stderr).toMatch(
      new RegExp(
        `hub1: loading the images from ${file} \\([0-9.]+K?B\\)\nhub1: the images are loaded, in \\d+ s\n`,
      ),
    );
    expect(stamps()).toEqual([`images-${sum(file)}`]);
  });

  test("loads nothing twice, though the archive is gone", async () => {
    const file = savedImages("saved.tgz");
    const ARCHIVE_SHA256 = sum(file);
    await archive(file, { ARCHIVE_SHA256 });
    rmSync(file);
    expect(await archive(file, { ARCHIVE_SHA256 })).toMatchObject({ status: 0 });
    expect(calls("load")).toHaveLength(1);
  });

  test("loads again where an image is gone, and where the archive is another", async () => {
    const file = savedImages("saved.tgz");
    await archive(file, { ARCHIVE_SHA256: sum(file) });
    writeFileSync(join(docker, "images"), `${IMAGES[0]!}\n`);
    await archive(file, { ARCHIVE_SHA256: sum(file) });
    expect(calls("load")).toHaveLength(2);
    const other = savedImages("other.tgz", [...IMAGES, "vmware/another:v1"]);
    await archive(other, { ARCHIVE_SHA256: sum(other) });
    expect(calls("load")).toHaveLength(3);
    expect(stamps()).toEqual([`images-${sum(other)}`]);
  });

  test("one without a sum is loaded again when the file was changed, not when it is gone", async () => {
    const file = savedImages("saved.tgz");
    utimesSync(file, 1_600_000_000, 1_600_000_000);
    await archive(file);
    expect(stamps()).toEqual([`images-${statSync(file).size}-1600000000`]);
    await archive(file);
    expect(calls("load")).toHaveLength(1);
    utimesSync(file, 1_600_000_001, 1_600_000_001);
    await archive(file);
    expect(calls("load")).toHaveLength(2);
    rmSync(file);
    expect(await archive(file)).toMatchObject({ status: 0 });
    expect(calls("load")).toHaveLength(2);
  });

  test("another sum than the declared one is refused before anything is loaded", async () => {
    const { status, stderr } = await archive(savedImages("saved.tgz"), {
      ARCHIVE_SHA256: "0".repeat(64),
    });
    expect(status).toBe(1);
    expect(stderr).toContain(
      "is not the archive that was declared (its SHA-256 differs); put it there on this node, or name another (images.archive)",
    );
    expect(calls("load")).toEqual([]);
    expect(stamps()).toEqual([]);
  });

  test("a missing one says what to do: on the mount it is copied again, elsewhere put there", async () => {
    const own = await archive(path("none.tar"));
    expect(own.stderr).toContain(`no image archive at ${path("none.tar")}; put it there`);
    const copied = await archive(join(uploads, "x.tgz"));
    expect(copied.stderr).toContain(
      "copy it again with: pulumi up --replace '**::hub1-installer'\n",
    );
    expect([own.status, copied.status]).toEqual([1, 1]);
  });

  test.each([
    ["no archive", "text", "is no tar archive, or a damaged one"],
    ["an archive of something else", "", "is neither an archive that docker save wrote nor an"],
  ])("refuses %s", async (_, text, message) => {
    const file = path("wrong.tgz");
    if (text) writeFileSync(file, text);
    else execFileSync("tar", ["-czf", file, "-C", path("bin"), "docker"]);
    const { status, stderr } = await archive(file);
    expect(status).toBe(1);
    expect(stderr).toContain(message);
    expect(calls("load")).toEqual([]);
  });

  test("names the images that it lacks", async () => {
    const { status, stderr } = await archive(savedImages("saved.tgz", [IMAGES[0]!]));
    expect(status).toBe(1);
    expect(stderr).toContain(`lacks images of release 1.5.4 (images.archive); missing: ${UI}\n`);
    expect(stamps()).toEqual([]);
  });

  test("says why docker cannot load it", async () => {
    writeFileSync(join(docker, "full"), "");
    const { status, stderr } = await archive(savedImages("saved.tgz"));
    expect(status).toBe(1);
    expect(stderr).toContain(
      "saved.tgz cannot be loaded: no space left on device; correct that and run again, or put it there",
    );
  });
});

describe("from a registry", () => {
  const pull = (more: Readonly<Record<string, string>> = {}) =>
    stage({ IMAGE_SOURCE: "pull", ...more });

  test("pulls what is missing, and says how far it is", async () => {
    writeFileSync(join(docker, "registry"), `${IMAGES.join("\n")}\n`);
    const { status, stderr } = await pull();
    expect(status).toBe(0);
    expect(stderr).toContain(
      `hub1: pulling 1 of 2: ${IMAGES[0]}\nhub1: pulling 2 of 2: ${IMAGES[1]}\n`,
    );
    expect(lines("images")).toEqual(IMAGES);
    await pull();
    expect(calls("pull")).toHaveLength(2);
    expect(calls("tag")).toEqual([]);
  });

  test("a mirror's images get the release's names, and lose the mirror's", async () => {
    const mirrored = IMAGES.map((image) => `mirror.example.com:5000/hub/${image}`);
    writeFileSync(join(docker, "registry"), `${mirrored.join("\n")}\n`);
    expect(await pull({ MIRROR_PREFIX: "mirror.example.com:5000/hub" })).toMatchObject({
      status: 0,
    });
    expect(lines("images")).toEqual(IMAGES);
    expect(calls("pull")).toEqual(mirrored.map((image) => `pull -q ${image}`));
  });

  test("the mirror's names that a killed run left go with the next one", async () => {
    const MIRROR_PREFIX = "mirror.example.com:5000/hub";
    writeFileSync(join(docker, "images"), `${[...IMAGES, `${MIRROR_PREFIX}/${UI}`].join("\n")}\n`);
    expect(await pull({ MIRROR_PREFIX })).toMatchObject({ status: 0 });
    expect(lines("images")).toEqual(IMAGES);
  });

  test("tries again after a failure", async () => {
    writeFileSync(join(docker, "registry"), `${IMAGES.join("\n")}\n`);
    writeFileSync(join(docker, "failures"), "1\n2\n");
    const { status, stderr } = await pull();
    expect(status).toBe(0);
    expect(calls("sleep")).toEqual(["sleep 5", "sleep 15"]);
    expect(stderr).toContain(`${IMAGES[0]} could not be pulled, again in 5 s: proxyconnect`);
  });

  test("gives up after three times, says what to do, and no password", async () => {
    writeFileSync(join(docker, "failures"), "1\n2\n3\n");
    const { status, stderr } = await pull();
    expect(status).toBe(1);
    expect(calls("pull")).toHaveLength(3);
    expect(stderr).toContain(
      `${IMAGES[0]} cannot be pulled: proxyconnect http://proxy.example.com:3128: refused. Let docker on this node reach the registry (proxy), or give the images another way (images.source)\n`,
    );
    expect(stderr).not.toContain("Secret-proxy");
  });

  test("says that docker has not taken its new proxy settings yet", async () => {
    writeFileSync(path("docker-proxy.env"), "HARBOR_HA_PROXY=1\n");
    const { status, stderr } = await pull();
    expect(status).toBe(1);
    expect(stderr).toContain(
      `manifest for ${IMAGES[0]} not found. Docker serves clients and takes its new proxy settings with the node's next start: deploy them first, without another release\n`,
    );
  });
});

describe("on the nodes", () => {
  test("names every image that is missing, and both ways to bring it", async () => {
    const { status, stdout, stderr } = await stage({ IMAGE_SOURCE: "nodes" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toContain(
      `load them on this node (docker load), or name an archive (images.archive); missing: ${IMAGES.join(" ")}\n`,
    );
  });

  test("takes them as they are", async () => {
    writeFileSync(join(docker, "images"), `${IMAGES.join("\n")}\n`);
    expect(await stage({ IMAGE_SOURCE: "nodes" })).toMatchObject({ status: 0 });
    expect([...calls("load"), ...calls("pull")]).toEqual([]);
  });
});

describe("on a node that has the release", () => {
  const release = "opt/releases/1.5.4-d1";
  const again = () => stage({ IMAGE_SOURCE: "nodes" });
  beforeEach(async () => {
    writeFileSync(join(docker, "images"), `${IMAGES.join("\n")}\n`);
    expect(await again()).toMatchObject({ status: 0 });
  });

  test("each run prints one line, and no other run prints it", async () => {
    const [first, second] = [await again(), await again()].map(({ stdout }) => stdout);
    expect(first).toMatch(/^hub1: staged at \d{4}-\d\d-\d\dT[\d:.]+Z\n$/);
    expect(second).toMatch(/^hub1: staged at .*\n$/);
    expect(second).not.toBe(first);
  });

  test("what has a name was synchronised before it had that", () => {
    const [key, files] = lines("synchronised");
    expect(key).toContain("/.secretkey.hub1 |");
    expect(files).toMatch(/\.staging\.\w+\/docker-compose\.yml .*\| *$/);
  });

  test("an old one that is being removed when a run is killed leaves no part under its name", async () => {
    const old = ["1", "2", "3", "4"].map((name) => `1.1.2-${name}`);
    old.forEach((name, at) => {
      mkdirSync(path("opt/releases", name));
      writeFileSync(path("opt/releases", name, "docker-compose.yml"), "");
      utimesSync(path("opt/releases", name), 1_600_000_000 + at, 1_600_000_000 + at);
    });
    const dies = `#!/bin/bash\nif [[ $2 == *.pruned || $2 == */1.1.2-* ]]; then /bin/rm "$2/docker-compose.yml"; kill -9 $PPID; else exec /bin/rm "$@"; fi\n`;
    writeFileSync(path("bin/rm"), dies, { mode: 0o755 });
    expect(await again()).toMatchObject({ stdout: "" });
    const named = () =>
      readdirSync(path("opt/releases"))
        .filter((name) => !name.startsWith("."))
        .sort();
    expect(named()).toEqual([old[0], ...old.slice(2), "1.5.4-d1"]);
    rmSync(path("bin/rm"));
    expect(await again()).toMatchObject({ status: 0 });
    expect(readdirSync(path("opt/releases")).sort()).toEqual([...old.slice(2), "1.5.4-d1"]);
  });

  test("a folder that docker made for a mount is no other content", async () => {
    mkdirSync(path(release, "common/config/ui/certificates"), { recursive: true });
    expect(await again()).toMatchObject({ status: 0 });
  });

  test("a file that somebody changed is", async () => {
    appendFileSync(path(release, "common/config/x"), "y\n");
    const { status, stderr } = await again();
    expect(status).toBe(1);
    expect(stderr).toContain(`${path(release)} is there with other content; remove it`);
  });

  test("the modes of Harbor's directories stay", async () => {
    chmodSync(path("mount/data/registry"), 0o700);
    await again();
    expect(statSync(path("mount/data/registry")).mode & 0o777).toBe(0o700);
  });

  test("a second name of the secret key, from a killed run, goes without the key", async () => {
    linkSync(path("mount/data/secretkey"), path("mount/data/.secretkey.hub1"));
    expect(await again()).toMatchObject({ status: 0 });
    expect(readdirSync(path("mount/data")).sort()).toEqual(["registry", "secretkey"]);
    expect(readFileSync(path("mount/data/secretkey"), "utf8")).toBe("0123456789abcdef");
  });
});

describe("earlier uploads", () => {
  const upload = (name: string) => {
    cpSync(savedImages("saved.tgz"), join(uploads, name));
    return join(uploads, name);
  };

  test("go once the carrier has its images, and the one in use stays", async () => {
    upload("old.tgz");
    await archive(upload("new.tgz"));
    expect(readdirSync(uploads)).toEqual(["new.tgz"]);
  });

  test("stay while the images are not there", async () => {
    upload("old.tgz");
    await stage({ IMAGE_SOURCE: "pull" });
    expect(readdirSync(uploads)).toEqual(["old.tgz"]);
  });

  test("all go where images come from elsewhere, and no other node touches them", async () => {
    upload("old.tgz");
    appendFileSync(join(docker, "images"), `${IMAGES.join("\n")}\n`);
    await stage({ IMAGE_SOURCE: "nodes", CARRIER: "hub2" });
    expect(readdirSync(uploads)).toEqual(["old.tgz"]);
    const own = savedImages("own.tgz");
    await archive(own);
    expect(readdirSync(uploads)).toEqual([]);
    expect(existsSync(own)).toBe(true);
  });
});
