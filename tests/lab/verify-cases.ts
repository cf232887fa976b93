import { waitFor } from "../../lab/shell";
import { NODE_NAMES } from "../../lab/topology";
import { containersOf } from "./containers";
import { lab, on, say } from "./driver";
import { markNow, writtenSinceMark } from "./host-facts";
import { PLANTED } from "./planted";

/** What `verify --json` says, as far as it is looked at here. */
interface Verified {
  readonly checks: readonly {
    readonly name: string;
    /** By node: `ok`, or what differs in a word. */
    readonly results: Readonly<Record<string, string>>;
    readonly differences: readonly { readonly node: string | null; readonly found: string }[];
  }[];
  readonly summary: { readonly agrees: boolean };
}

async function verify(): Promise<{ code: number; verified: Verified }> {
  const { code, stdout, text } = await lab("verify", "--json");
  try {
    return { code, verified: JSON.parse(stdout) as Verified };
  } catch {
    throw new Error(`verify ended with ${String(code)} and no JSON:\n${text}`);
  }
}

/** Every difference, as `CHECK of NODE: WHAT`. */
function differencesIn({ checks }: Verified): string[] {
  return checks.flatMap(({ name, differences }) =>
    differences.map(({ node, found }) => `${name} of ${node ?? "the cluster"}: ${found}`),
  );
}

/** What a look could have changed without writing where `writtenSinceMark` looks. */
async function stateOf(node: (typeof NODE_NAMES)[number]): Promise<string> {
  // By format: what docker prints by itself has an age in it, and a look may last over a minute's end.
  const images = "docker images --no-trunc --format '{{.Repository}}:{{.Tag}} {{.ID}}' | sort";
  const more = `${images}; grep ' /mnt/' /proc/self/mounts; iptables -S`;
  return `${await containersOf(node)}\n${await on(node, more)}`;
}

export function verifyCases(): void {
  test("what runs is what was declared: verify ends with 0 and names no difference", async () => {
    const table = await lab("verify");
    expect({ code: table.code, text: table.code === 0 ? "" : table.text }).toEqual({
      code: 0,
      text: "",
    });
    expect(table.stdout).toMatch(/^check +hub1 +hub2 +hub3/m);
    const { code, verified } = await verify();
    expect(differencesIn(verified)).toEqual([]);
    expect(code).toBe(0);
  });

  test.each(PLANTED)("$what ($node): $check", async ({ node, check, cluster, plant, undo }) => {
    await plant();
    const before = await Promise.all(NODE_NAMES.map(stateOf));
    for (const name of NODE_NAMES) await markNow(name);
    const seen = await verify().finally(async () => {
      // First, so that undoing it does not count.
      const after = await Promise.all(NODE_NAMES.map(stateOf));
      const written = await Promise.all(NODE_NAMES.map(writtenSinceMark));
      await undo();
      expect(after).toEqual(before);
      expect(written).toEqual(NODE_NAMES.map(() => ""));
    });
    say(differencesIn(seen.verified).join("\n  "));
    expect(seen.code).toBe(1);
    expect(seen.verified.summary.agrees).toBe(false);
    const row = seen.verified.checks.find(({ name }) => name === check)!;
    expect(row.differences.map((difference) => difference.node)).toContain(cluster ? null : node);
    const others = NODE_NAMES.filter((name) => cluster || name !== node);
    for (const name of others) expect({ [name]: row.results[name] }).toEqual({ [name]: "ok" });
  });

  test("everything undone: verify is content again, with nobody else's help", async () => {
    let last: string[] = [];
    await waitFor(
      "verify to find nothing",
      async () => {
        const { code, verified } = await verify();
        last = differencesIn(verified);
        return code === 0;
      },
      { timeout: 60, interval: 2 },
    ).catch((error: Error) => {
      throw new Error(`${error.message}\n${last.join("\n")}`);
    });
  });
}
