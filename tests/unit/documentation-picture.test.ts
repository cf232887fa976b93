import { readFileSync } from "node:fs";
import type { HarborClusterArgs } from "../../components/harbor-cluster";
import { pictures } from "../../docs/picture";
import { declared } from "../../docs/picture/declared";
import { drawing } from "../../docs/picture/drawing";
import { exampleCluster } from "../../docs/picture/example";
import type { Model } from "../../docs/picture/model";
import { modelOf } from "../../docs/picture/read-model";
import { textWidth } from "../../docs/picture/svg";
import { THEMES, type Theme } from "../../docs/picture/themes";

let example: HarborClusterArgs;
let model: Model;

beforeAll(async () => {
  example = await exampleCluster();
  model = modelOf(await declared(example));
});

const changed = async (changes: Partial<HarborClusterArgs>) =>
  modelOf(await declared({ ...example, ...changes }));

/** What can be read in a picture, in its order. */
function textsOf(picture: string): string[] {
  return [...picture.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
}

const shown = (of: Model) => textsOf(drawing(of, "light"));

test("the pictures are what the program declares; draw them anew with `npm run docs:picture`", async () => {
  const drawn = await pictures(example);
  expect([...drawn.keys()].map((file) => file.split("/").at(-1))).toEqual([
    "design-light.svg",
    "design-dark.svg",
  ]);
  for (const [file, picture] of drawn) expect(readFileSync(file, "utf8")).toBe(picture);
});

test("the same example gives the same bytes", async () => {
  expect(await pictures(await exampleCluster())).toEqual(await pictures(example));
});

test("it shows nodes, services, port, records, mount, database, sessions and what is shared", () => {
  const texts = shown(model);
  for (const node of ["hub1", "hub2", "hub3", "10.0.0.11", "10.0.0.12", "10.0.0.13"]) {
    expect(texts.filter((text) => text === node)).toHaveLength(1);
  }
  for (const service of ["proxy", "ui", "registry", "adminserver", "jobservice", "log"]) {
    expect(texts.filter((text) => text === service)).toHaveLength(3);
  }
  expect(texts).toEqual(
    expect.arrayContaining([
      "8070 → 80",
      "hub.example.com A 10.0.0.12",
      "kept on ns1.example.com, TTL 30 s",
      "CephFS at /mnt/cephfs",
      "ceph3.example.com:6789",
      "galera.example.com:3306",
      "redis.example.com:6379",
      "records by health",
      "Harbor 1.1.2 · settings · token keypair · secret key",
    ]),
  );
  // The bundled database is replaced.
  expect(texts).not.toContain("mysql");
});

describe("a changed program changes the picture", () => {
  test("other nodes", async () => {
    const nodes = [
      { name: "a", address: "192.0.2.1" },
      { name: "b", address: "192.0.2.2" },
    ];
    const texts = shown(await changed({ nodes }));
    expect(texts).toEqual(expect.arrayContaining(["a", "192.0.2.1", "b", "192.0.2.2"]));
    expect(texts.filter((text) => text === "proxy")).toHaveLength(2);
    expect(texts).not.toContain("hub1");
  });

  test("another port, and HTTPS with its certificate", async () => {
    const tls = { source: "private-ca", validityDays: 397, renewBeforeDays: 30 } as const;
    const texts = shown(await changed({ port: 443, tls }));
    expect(texts).toEqual(
      expect.arrayContaining([
        "443 → 443",
        "docker login hub.example.com",
        "HTTPS to any of them; to the next one where a port is closed",
        expect.stringMatching(/ · certificate$/),
      ]),
    );
  });

  test("another file system, database and session store", async () => {
    const texts = shown(
      await changed({
        cephfs: { ...example.cephfs, mountPoint: "/srv/shared", monitors: ["mon.example.com"] },
        database: { ...example.database, host: "db.example.com", port: 3307, name: "hub" },
        redis: { ...example.redis, host: "sessions.example.com" },
      }),
    );
    expect(texts).toEqual(
      expect.arrayContaining([
        "CephFS at /srv/shared",
        "mon.example.com",
        "db.example.com:3307",
        "database hub",
        "sessions.example.com:6379",
      ]),
    );
  });

  test("the monitors of ceph-fuse, which its fstab line does not name", async () => {
    const fuse = await changed({ cephfs: { ...example.cephfs, driver: "fuse" } });
    expect(fuse.files).toEqual(model.files);
  });

  test("records that somebody keeps by hand, and clients that are set up", async () => {
    const texts = shown(
      await changed({
        dns: { provider: "manual", ttl: 60 },
        clients: [{ name: "build1", address: "192.0.2.31" }],
      }),
    );
    expect(texts).toContain("kept by hand, TTL 60 s");
    expect(texts).toContain("set up by the program: build1");
    expect(texts).not.toContain("records by health");
    expect(texts).not.toContain("leases of the nodes");
  });

  test("a release that declares no session store, no database or no shared key loses it", async () => {
    const { nodes, ...rest } = await declared(example);
    const without = (pattern: RegExp) =>
      modelOf({
        ...rest,
        nodes,
        steps: rest.steps.map((step) => ({
          ...step,
          shown: step.shown.map((file) => ({
            ...file,
            content: file.content.replace(pattern, ""),
          })),
        })),
      });
    expect(shown(without(/^_REDIS_URL=.*$/m))).not.toContain("Redis");
    expect(shown(without(/^MYSQL_HOST=.*$/m))).not.toContain("MySQL");
    expect(without(/\{\{ tokenKey.*\}\}/).shared).toEqual(["secret key"]);
  });
});

test("nodes with different stores are no picture", async () => {
  const one = await declared(example);
  const steps = one.steps.map((step) =>
    step.step === "stage" && step.node === "hub2"
      ? {
          ...step,
          shown: step.shown.map((file) => ({
            ...file,
            content: file.content.replace("redis.example.com", "redis2.example.com"),
          })),
        }
      : step,
  );
  expect(() => modelOf({ ...one, steps })).toThrow("hub2 is declared with other stores than hub1");
});

test("no text of the example is shortened or runs out of the picture", async () => {
  for (const picture of (await pictures(example)).values()) {
    for (const text of textsOf(picture)) expect(text).not.toContain("…");
    for (const [, x, size, rest, text] of picture.matchAll(
      /<text x="([\d.]+)" y="[^"]+" font-size="([\d.]+)"([^>]*)>([^<]*)</g,
    )) {
      const style = { size: Number(size), mono: rest!.includes("font-family") };
      const share = rest!.includes("middle") ? 0.5 : rest!.includes("end") ? 0 : 1;
      expect(Number(x) + share * textWidth(text!, style)).toBeLessThan(880);
    }
  }
});

test("it can be read without being seen: a role, a title, and all of it in words", () => {
  const picture = drawing(model, "dark");
  expect(picture).toMatch(/^<svg [^>]*role="img" aria-labelledby="title description"/);
  expect(picture).toContain('<title id="title">Harbor 1.1.2 on 3 nodes</title>');
  const [, words] = /<desc [^>]*>([^<]*)<\/desc>/.exec(picture)!;
  expect(words).toContain("hub2 (10.0.0.12) runs adminserver, jobservice, log, proxy, registry");
  expect(words).toContain("galera.example.com:3306");
});

/** WCAG's relative luminance of `#rrggbb`. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

test.each(Object.entries(THEMES) as [string, Theme][])(
  "texts have enough contrast on a %s page",
  (_, theme) => {
    const contrast = (one: keyof Theme, other: keyof Theme) => {
      const [dark, bright] = [luminance(theme[one]), luminance(theme[other])].sort((a, b) => a - b);
      return (bright! + 0.05) / (dark! + 0.05);
    };
    for (const ground of ["page", "box", "group"] as const) {
      expect(contrast("text", ground)).toBeGreaterThan(7);
      expect(contrast("muted", ground)).toBeGreaterThan(4.5);
    }
    expect(contrast("text", "chip")).toBeGreaterThan(4.5);
    expect(contrast("text", "shared")).toBeGreaterThan(4.5);
    expect(contrast("entryText", "entry")).toBeGreaterThan(4.5);
    for (const line of ["dns", "files", "database", "sessions", "entry"] as const) {
      expect(contrast(line, "page")).toBeGreaterThan(3);
    }
  },
);
