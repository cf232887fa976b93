import type { HarborClusterArgs } from "../../components/harbor-cluster";
import { previewComment } from "../../review/comment";
import { keyPem, makeCa, makeLeaf } from "./fixtures/certificates";
import { CLUSTER, installer, SECRETS } from "./fixtures/cluster";
import { type Planned, plannedPreview } from "./fixtures/planned-preview";
import { releaseFiles } from "./fixtures/releases";

/*
 * What the comment says of changes, compared with what the scripts do (host/scripts): the previews are made
 * of what the program's own components register.
 */

type Change = Partial<HarborClusterArgs>;

async function comment(planned: Planned): Promise<string> {
  const text = JSON.stringify(await plannedPreview(planned));
  return previewComment([{ stack: "lab", text }]);
}

/** The comment's parts: the line that says all of it, rows by their hosts, the order, and what to heed. */
async function told(planned: Planned) {
  const lines = (await comment(planned)).split("\n");
  const rows = lines
    .filter((line) => line.startsWith("| ") && !/^\| (host|---) /.test(line))
    .map((line) => line.slice(2, -2).split(" | ") as [string, string, string]);
  return {
    headline: lines.find((line) => line.startsWith("- **lab**: "))!.slice("- **lab**: ".length),
    rows: Object.fromEntries(rows.map(([hosts, words, restarts]) => [hosts, [words, restarts]])),
    order: lines.filter((line) => /^\d+\. /.test(line)).map((line) => line.replace(/^\d+\. /, "")),
    heed: lines.filter((line) => line.startsWith("⚠️ ")).map((line) => line.slice("⚠️ ".length)),
  };
}

const [HUB1, HUB2, HUB3] = CLUSTER.nodes as [Node, Node, Node];
type Node = HarborClusterArgs["nodes"][number];
const ALL = "hub1, hub2, hub3";
const PROXY = { proxy: { http: "http://proxy.example.com:3128" } };
const OTHER_PROXY = { proxy: { http: "http://other.example.com:3128" } };
const OTHER_DATABASE = { database: { ...CLUSTER.database, host: "db2.example.com" } };
const MANUAL: Change = { dns: { provider: "manual", ttl: 30 } };
const OTHER_KEY: Change = { cephfs: { ...CLUSTER.cephfs, key: "Secret-other" } };
const TSIG: Change = {
  dns: {
    ...(CLUSTER.dns as Extract<HarborClusterArgs["dns"], { provider: "rfc2136" }>),
    tsig: { name: "harbor-ha", algorithm: "hmac-sha256", secret: "Secret-other" },
  },
};
const LATE: Change = {
  installer: { ...installer(), version: "1.5.9", files: releaseFiles("late-release") },
  images: { source: "pull" },
};
const TURNS = "hub1 → hub2 → hub3, one at a time: ";
const STILL = "through the health gate; nothing is restarted";

describe("docker's proxy settings", () => {
  const DOCKER = "other proxy settings of docker, with which it is started anew";

  test.each<[string, Planned]>([
    ["a proxy is added", { after: PROXY }],
    ["a proxy is taken away", { before: PROXY }],
    ["its address changes", { before: PROXY, after: OTHER_PROXY }],
    ["a later release's proxy is added", { before: LATE, after: { ...LATE, ...PROXY } }],
    [
      "a host that is reached without it",
      { before: PROXY, after: { ...PROXY, ...OTHER_DATABASE } },
    ],
  ])("%s: docker and all services restart on every node, in its turn", async (_, planned) => {
    const { headline, rows, order } = await told(planned);
    expect(headline).toMatch(
      /; docker and all services restarted on hub1, hub2, hub3, one node after another$/,
    );
    for (const [words, restarts] of Object.values(rows)) {
      expect(words).toContain(DOCKER);
      expect(restarts).toBe("docker and all services");
    }
    expect(order.at(-1)).toBe(
      `${TURNS}record withdrawn, proxy drained, docker and all services restarted, health gate passed, record back`,
    );
  });

  test("together with something that is staged: that it may be so", async () => {
    const { rows } = await told({ before: PROXY, after: { ...OTHER_PROXY, maxJobWorkers: 20 } });
    expect(rows).toEqual({
      [ALL]: [
        expect.stringContaining(`another CephFS key, or ${DOCKER}`),
        "`adminserver`, `jobservice`, all, if docker's proxy settings change",
      ],
    });
  });

  test.each<[string, Planned]>([
    ["without a proxy", { after: OTHER_KEY }],
    ["with one", { before: PROXY, after: { ...PROXY, ...OTHER_KEY } }],
  ])("another CephFS key alone restarts nothing, %s", async (_, planned) => {
    const { headline, rows } = await told(planned);
    expect(headline).toBe("3 nodes change; nothing that serves is restarted");
    expect(rows).toEqual({
      [ALL]: ["another CephFS key, used from the next mount on", "nothing"],
    });
  });

  test("other monitors are what the mount reads, and no key", async () => {
    const cephfs = { ...CLUSTER.cephfs, monitors: ["ceph9.example.com:6789"] };
    const { rows } = await told({ after: { cephfs } });
    expect(rows).toEqual({ [ALL]: ["`MONITORS` of preflight", "nothing"] });
  });
});

describe("hidden values", () => {
  test.each<[string, Planned, RegExp, string]>([
    ["the TSIG key", { after: TSIG }, /^another TSIG key, or another program/, "nothing"],
    [
      "the database's password",
      { after: { database: { ...CLUSTER.database, password: "Secret-other" } } },
      /^another password of the database or of Redis$/,
      "`adminserver`, `jobservice`, `proxy`",
    ],
    [
      "Redis's password",
      { after: { redis: { ...CLUSTER.redis, password: "Secret-other" } } },
      /^another password of the database or of Redis$/,
      "`adminserver`, `jobservice`, `proxy`, `ui`",
    ],
    [
      "a secret that is made anew",
      { anew: ["ui-secret"] },
      /^another `ui-secret`$/,
      "`adminserver`, `jobservice`, `proxy`, `ui`",
    ],
    [
      "one made anew, with a setting",
      { anew: ["ui-secret"], after: { maxJobWorkers: 20 } },
      /another `ui-secret`$/,
      "`adminserver`, `jobservice`, `proxy`, `ui`",
    ],
    [
      "a secret key that is given",
      { before: { secretkey: "a".repeat(16) }, after: { secretkey: "b".repeat(16) } },
      /^a hidden value of the release changes$/,
      "whatever reads the hidden value",
    ],
  ])("%s: as far as that can be told", async (_, planned, words, restarts) => {
    const { rows } = await told(planned);
    for (const [said, restarted] of Object.values(rows)) {
      expect(said).toMatch(words);
      expect([said, restarted]).toEqual([said, expect.stringContaining(restarts)]);
    }
    expect(Object.keys(rows)[0]).toMatch(/^hub1/);
  });

  test("an administrator's account is the first node's alone", async () => {
    const admin = { user: "administrator", password: "Secret-other" };
    const { rows } = await told({ after: { database: { ...CLUSTER.database, admin } } });
    expect(rows).toEqual({ hub1: ["another administrator's account of the database", "nothing"] });
  });

  describe("a certificate that is renewed", () => {
    const tls = { source: "private-ca", validityDays: 90, renewBeforeDays: 30 } as const;
    let certPem: string;
    beforeAll(async () => {
      const issuer = await makeCa("CA");
      const notAfter = new Date(Date.now() + 80 * 86_400_000);
      const notBefore = new Date(Date.now() - 86_400_000);
      certPem = (await makeLeaf(["hub.example.com"], issuer, { notBefore, notAfter })).certificate;
    });

    test.each<[string, Change, string]>([
      ["alone", {}, "`proxy`"],
      ["with a setting", { maxJobWorkers: 20 }, "`adminserver`, `jobservice`, `proxy`"],
    ])("%s restarts the proxy", async (_, change, restarts) => {
      const anew = ["proxy-certificate"];
      const { rows, heed } = await told({
        before: { tls },
        after: { tls, ...change },
        anew,
        certPem,
      });
      expect(rows).toEqual({
        [ALL]: [expect.stringMatching(/another `proxy-certificate`$/), restarts],
      });
      expect(heed).toEqual(["**made anew, and the earlier value is gone**: `proxy-certificate`"]);
    });
  });
});

describe("the program's own scripts", () => {
  /** What an earlier version of a script looked like, in commands and in what is read. */
  const otherScript = (step: string) => (text: string) =>
    text
      .replace(new RegExp(`^(# harbor-ha: ${step} on \\S+ \\(script )\\w+`), "$100000000")
      .replace(`part ${step} `, `part ${step} 0`);

  test.each([
    ["stage", "unstage"],
    ["mount", "unmount"],
    ["start", "stop"],
    ["client", "unclient"],
  ])("%s reads what takes it back: another %s is no other secret", async (step, undo) => {
    for (const script of [step, undo]) {
      const { rows } = await told({ earlier: otherScript(script) });
      expect(Object.keys(rows)).toEqual([step === "client" ? "build1" : ALL]);
      expect(Object.values(rows)).toEqual([
        [`the program's own steps change (${step})`, "nothing"],
      ]);
    }
  });
});

describe("another token keypair", () => {
  const rotated: Change = { tokenKeypair: { rotation: 2 } };

  test("alone: all nodes together, then the health gate", async () => {
    const { order, heed } = await told({ after: rotated, earlier: otherKeypair });
    expect(order.slice(-2)).toEqual([
      "**all nodes together** switch to the other token keypair: some seconds without service, and tokens issued before are refused",
      `${TURNS}through the health gate`,
    ]);
    expect(heed).toEqual([]);
  });

  test("with something else: that it starts everywhere at once, and what to do", async () => {
    const { headline, order, heed } = await told({
      after: { ...rotated, maxJobWorkers: 20 },
      earlier: otherKeypair,
    });
    expect(headline).toBe(
      "3 nodes change; **all nodes are some seconds without service, together**",
    );
    expect(order.slice(-2)).toEqual([
      "**all nodes together** switch to the other token keypair and to everything else that was staged: some seconds without service, and tokens issued before are refused",
      `${TURNS}through the health gate`,
    ]);
    expect(heed).toEqual([expect.stringMatching(/: change it in a run of its own, so that /)]);
  });

  test("docker's proxy is taken in turn even so", async () => {
    const { headline, order } = await told({
      after: { ...rotated, ...PROXY },
      earlier: otherKeypair,
    });
    expect(headline).toMatch(
      /together\*\*; docker and all services restarted on hub1, hub2, hub3, /,
    );
    expect(order.at(-1)).toContain("docker and all services restarted");
  });

  /** Every pair that is made here has one fingerprint; the switch's first line named another. */
  function otherKeypair(text: string): string {
    return text.replace("the keypair SHA256:fingerprint", "the keypair SHA256:another");
  }
});

describe("programs on this machine", () => {
  const images = CLUSTER.images as Extract<HarborClusterArgs["images"], { source: "file" }>;
  const file = "/elsewhere/harbor-offline-installer-v1.1.9.tgz";

  test("another path to the archive: one host is asked whether it is there", async () => {
    const archive = { ...images.archive, file };
    const { headline, order } = await told({ after: { images: { ...images, archive } } });
    expect(headline).toBe("no node changes, but see below");
    expect(order).toEqual([
      "hub1: whether the shared mount has the release's archive; if not, it is copied",
    ]);
  });

  test("another archive is copied", async () => {
    const archive = { ...images.archive, sha256: "6".repeat(64) };
    const { order } = await told({ after: { images: { ...images, archive } } });
    expect(order).toContain("the release's archive is copied to the shared mount, once");
  });

  /** A preview of which only some resources' steps are left, as after a run that was ended. */
  async function only(planned: Planned, names: RegExp) {
    const whole = await plannedPreview(planned);
    const [root, ...steps] = whole.steps;
    const left = steps.filter(({ urn }) => names.test(urn.split("::").at(-1)!));
    expect(left.length).toBeGreaterThan(0);
    const text = JSON.stringify({ ...whole, steps: [root, ...left] });
    return previewComment([{ stack: "lab", text }]);
  }
  const nodeOut: Planned = { after: { nodes: [HUB1, HUB2] } };

  test("the switch alone asks all nodes", async () => {
    const text = await only({ after: { maxJobWorkers: 20 } }, /^keypair-switch$/);
    expect(text).toContain("- **lab**: no node changes, but see below");
    expect(text).toContain("1. all nodes are asked which token keypair they run with; ");
  });

  test.each([
    ["its departure alone", /^hub3-departure$/],
    ["its departure and its preflight", /^hub3-(departure|preflight)$/],
  ])("a node that is taken out again, by %s", async (_, names) => {
    const text = await only(nodeOut, names);
    expect(text).toContain("- **lab**: hub3 leaves; nothing that serves is restarted");
    expect(text).toContain(
      "| hub3 | leaves: what there is of it (record, Harbor, files, mount) is ",
    );
    expect(text).toContain("1. hub3: taken out, after all others are done");
  });

  test("a client that is taken out again is none of the nodes", async () => {
    const text = await only({ after: { clients: [] } }, /^build1-departure$/);
    expect(text).toContain(
      "| build1 | is no client any more: what was set up is taken back | nothing |",
    );
  });

  test("departures that stay contact nobody", async () => {
    const text = await only(nodeOut, /^hub1-departure$/);
    expect(text).toContain("- **lab**: nothing changes; no host is contacted");
  });
});

describe("a node that comes or goes together with something else", () => {
  const earlier: Change = { installer: { ...installer("harbor/x.tgz"), version: "1.1.8" } };

  test.each<[string, Planned]>([
    ["none", { after: { port: 9090 } }],
    ["one joins", { before: { nodes: [HUB1, HUB2] }, after: { port: 9090 } }],
    ["one leaves", { after: { port: 9090, nodes: [HUB1, HUB2] } }],
    ["the first leaves", { after: { port: 9090, nodes: [HUB2, HUB3] } }],
  ])("clients are told of another address: %s", async (_, planned) => {
    expect((await told(planned)).heed).toContain(
      "clients find the registry at `http://hub.example.com:9090`, no longer at `http://hub.example.com:8070`",
    );
  });

  test.each<[string, Planned]>([
    ["none", { before: earlier }],
    ["the first leaves", { before: earlier, after: { nodes: [HUB2, HUB3] } }],
    ["another one is the first", { before: earlier, after: { nodes: [HUB2, HUB1, HUB3] } }],
    ["one joins", { before: { ...earlier, nodes: [HUB1, HUB2] } }],
  ])("the database is dumped for another release: %s", async (_, planned) => {
    const { order } = await told(planned);
    expect(order).toContain(
      "the database is dumped to the mount before Harbor 1.1.9 takes it over from 1.1.8",
    );
    expect(order.join()).not.toContain("the schema is loaded");
  });

  test("the first node leaves: its archive is there, and so is the schema", async () => {
    const { order } = await told({ after: { nodes: [HUB2, HUB3] } });
    expect(order).toContain(
      "hub2: whether the shared mount has the release's archive; if not, it is copied",
    );
    expect(order.join()).not.toMatch(/schema|dumped|is copied to/);
  });

  test("a node's address: its peers' gates and its record", async () => {
    const moved = { ...HUB3, address: "192.0.2.99" };
    const { rows, order } = await told({ after: { nodes: [HUB1, HUB2, moved] } });
    expect(rows).toEqual({
      "hub1, hub2": ["the peer hub3 is at 192.0.2.99", "nothing"],
      hub3: ["its address becomes 192.0.2.99; is reached in another way", "nothing"],
    });
    expect(order.at(-1)).toBe(
      `${TURNS}hub1, hub2 – ${STILL}, no record is withdrawn; ` +
        `hub3 – ${STILL}, the new record is published, then the earlier one withdrawn`,
    );
  });
});

describe("records that a person keeps", () => {
  const byHand = "the records are kept by hand (`dns.provider: manual`): ";
  const record = (node: Node) => `\`hub.example.com A ${node.address}\``;

  test.each<[string, Planned, string]>([
    [
      "a restart",
      { before: MANUAL, after: { ...MANUAL, maxJobWorkers: 20 } },
      `${TURNS}proxy drained, what changed restarted, health gate passed; the record stays unless somebody takes it away meanwhile`,
    ],
    ["none", { before: MANUAL, after: { ...MANUAL, healthTimeout: 99 } }, `${TURNS}${STILL}`],
  ])("stay: %s", async (_, planned, words) => {
    const { order, heed } = await told(planned);
    expect(order.at(-1)).toBe(words);
    expect(heed).toEqual([]);
  });

  test("a node leaves: its record goes first", async () => {
    const { rows, heed } = await told({
      before: MANUAL,
      after: { ...MANUAL, nodes: [HUB1, HUB2] },
    });
    expect(rows["hub3"]![0]).toBe(
      "leaves: Harbor, its files and the mount are taken away; images and database stay",
    );
    expect(heed).toEqual([`${byHand}take ${record(HUB3)} away before the deployment`]);
  });

  test("a node joins: its record comes last", async () => {
    const { rows, order, heed } = await told({
      before: { ...MANUAL, nodes: [HUB1, HUB2] },
      after: MANUAL,
    });
    expect(rows["hub3"]![0]).toBe("joins: mount, images and files, then Harbor starts");
    expect(order.at(-1)).toBe(
      `${TURNS}hub1, hub2 – ${STILL}; hub3 – Harbor started, health gate passed`,
    );
    expect(heed).toEqual([`${byHand}add ${record(HUB3)} when hub3 has passed its health gate`]);
  });

  test("another name: the earlier records stay as long as clients use them", async () => {
    const { heed } = await told({
      before: MANUAL,
      after: { ...MANUAL, hostname: "reg.example.com" },
    });
    expect(heed.at(-1)).toContain(
      `take ${record(HUB1)} away when no client uses it any more; add \`reg.example.com A 192.0.2.11\` when hub1 has passed its health gate; `,
    );
  });

  test("the nodes keep them from now on, or did so until now: nothing is left to a person", async () => {
    for (const planned of [{ before: MANUAL }, { after: MANUAL }])
      expect((await told(planned)).heed).toEqual([]);
  });
});

describe("clients", () => {
  test.each<[string, Planned, string]>([
    [
      "one leaves",
      { after: { clients: [] } },
      "is no client any more: what was set up is taken back",
    ],
    [
      "one is reached in another way",
      { after: { clients: [{ ...CLUSTER.clients![0]!, port: 2222 }] } },
      "is reached in another way",
    ],
    ["the port changes", { after: { port: 9090 } }, "docker's settings for the registry change"],
  ])("%s: nothing of docker is restarted", async (_, planned, words) => {
    expect((await told(planned)).rows["build1"]).toEqual([words, "nothing"]);
  });

  test("another CA", async () => {
    const [one, other] = [await makeCa("one"), await makeCa("other")];
    const leaf = await makeLeaf(["hub.example.com"], one);
    const tls = (ca: string): Change => ({
      tls: { source: "provided", certificate: leaf.certificate, key: keyPem(leaf.key), ca },
    });
    const planned = { before: tls(one.certificate), after: tls(other.certificate) };
    expect((await told(planned)).rows).toEqual({
      build1: ["docker has to trust another CA of the registry", "nothing"],
    });
  });
});

test("nothing that is hidden is in any of these comments", async () => {
  const all: Planned[] = [
    { before: PROXY, after: { ...OTHER_PROXY, ...OTHER_KEY } },
    { after: TSIG },
  ];
  for (const planned of all) {
    const text = await comment(planned);
    for (const secret of [...Object.values(SECRETS), "Secret-other", "3128"])
      expect(text).not.toContain(secret);
  }
});
