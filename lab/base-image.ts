import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { withSignsOfLife } from "../signs-of-life";
import { ensureHostCommands } from "./host-packages";
import { timedReport, type Report } from "./report";
import { run } from "./shell";

const SUITE = "bookworm";
const PUBLIC_IMAGE = `debian:${SUITE}-slim`;
const ROOT_IMAGE = `harbor-ha-lab/debian-root:${SUITE}`;
const HOST_CERTIFICATES = "/usr/local/share/ca-certificates";

export const BASE_IMAGE = `harbor-ha-lab/debian:${SUITE}-slim`;

/** Where the packages of the lab's Debian come from: one of this host's own apt sources. */
export interface AptSource {
  readonly suite: string;
  readonly uri: string;
}

/** Reads `apt-get indextargets --format '$(ORIGIN) $(RELEASE) $(REPO_URI)'`. */
export function parseAptSources(indexTargets: string): AptSource[] {
  const sources = new Map<string, AptSource>();
  for (const line of indexTargets.split("\n")) {
    const [origin, suite, uri] = line.trim().split(" ");
    if (origin === "Debian" && uri && (suite === SUITE || suite?.startsWith(`${SUITE}-`))) {
      sources.set(`${suite} ${uri}`, { suite, uri });
    }
  }
  return [...sources.values()].sort((a, b) => a.suite.localeCompare(b.suite));
}

async function hostAptSources(): Promise<AptSource[]> {
  const query = ["indextargets", "--format", "$(ORIGIN) $(RELEASE) $(REPO_URI)"];
  const { stdout } = await run("apt-get", query);
  if (parseAptSources(stdout).length > 0) return parseAptSources(stdout);
  // Without package lists apt does not know whose sources they are.
  await run("apt-get", ["update", "-q"], { mayFail: true });
  return parseAptSources((await run("apt-get", query)).stdout);
}

async function pullPublicImage(): Promise<boolean> {
  // Where no registry answers, this fails at once or hangs; a good line needs about ten seconds.
  const pulled = await run("docker", ["pull", "-q", PUBLIC_IMAGE], { mayFail: true, timeout: 90 })
    .then((output) => output.code === 0)
    .catch(() => false);
  return pulled;
}

/** Makes the root file system from Debian packages, where no image can be pulled. */
async function bootstrapRootImage(sources: readonly AptSource[], report: Report): Promise<void> {
  await ensureHostCommands({ debootstrap: "debootstrap", tar: "tar" }, report);
  const root = await mkdtemp(path.join(tmpdir(), "harbor-ha-debootstrap-"));
  try {
    const mirror = sources.find((source) => source.suite === SUITE)?.uri;
    await run("debootstrap", [
      "--variant=minbase",
      "--include=ca-certificates",
      SUITE,
      root,
      ...(mirror ? [mirror] : []),
    ]);
    const trimmed = ["var/cache/apt/archives", "var/lib/apt/lists", "usr/share/doc"];
    trimmed.push("usr/share/man", "usr/share/locale");
    for (const folder of trimmed) {
      const entries = await readdir(path.join(root, folder)).catch(() => []);
      for (const entry of entries) await rm(path.join(root, folder, entry), { recursive: true });
    }
    await run("bash", [
      "-c",
      'set -euo pipefail; tar --numeric-owner -C "$0" -c . | docker import - "$1"',
      root,
      ROOT_IMAGE,
    ]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

/** Adds what the host knows about its network: package sources and extra certificate authorities. */
async function buildBaseImage(from: string, sources: readonly AptSource[]): Promise<void> {
  const context = await mkdtemp(path.join(tmpdir(), "harbor-ha-base-"));
  try {
    await cp(path.join(__dirname, "images", "base"), context, { recursive: true });
    const host = path.join(context, "host");
    await mkdir(host);
    await writeFile(
      path.join(host, "sources.list"),
      sources.map(({ suite, uri }) => `deb ${uri} ${suite} main\n`).join(""),
    );
    for (const name of await readdir(HOST_CERTIFICATES).catch(() => [])) {
      if (name.endsWith(".crt")) await cp(`${HOST_CERTIFICATES}/${name}`, path.join(host, name));
    }
    const build = ["build", "-q", "--build-arg", `ROOT=${from}`, "--label", "harbor-ha-lab=1"];
    await run("docker", [...build, "-t", BASE_IMAGE, context], { env: { DOCKER_BUILDKIT: "0" } });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/**
 * Makes sure the lab's Debian image is there and returns its tag; a no-op when it is.
 * Pulls the public image where a registry answers, else makes one with debootstrap.
 */
export async function ensureBaseImage(report: Report = timedReport()): Promise<string> {
  const there = await run("docker", ["image", "inspect", BASE_IMAGE], { mayFail: true });
  if (there.code === 0) return BASE_IMAGE;
  const sources = await hostAptSources().catch(() => []);
  let from = PUBLIC_IMAGE;
  if (await pullPublicImage()) {
    report(`base image: from ${PUBLIC_IMAGE}`);
  } else {
    report(`base image: ${PUBLIC_IMAGE} cannot be pulled, using debootstrap`);
    await withSignsOfLife("debootstrap", report, () => bootstrapRootImage(sources, report));
    from = ROOT_IMAGE;
  }
  await buildBaseImage(from, sources);
  report(`base image: ${BASE_IMAGE} is ready`);
  return BASE_IMAGE;
}
