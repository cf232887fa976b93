import { type Deployment, registryOf } from "../../lab/proof/check";
import { ask } from "../../operate/prove/http";
import { tokenOf } from "../../operate/prove/tokens";
import { labSucceeds, say } from "./driver";
import { pushImage } from "./load/load";
import { startSteady, steadyLine } from "./load/steady";

/** The status with which each node's registry answers to a token. */
export async function answersTo(deployment: Deployment, token: string): Promise<number[]> {
  const { nodes } = deployment.lab;
  const headers = { Authorization: `Bearer ${token}` };
  const answers = nodes.map(({ address }) => ask(deployment, address, "/v2/", { headers }));
  return (await Promise.all(answers)).map(({ status }) => status);
}

export function rotation(deployment: () => Deployment): void {
  test("a new keypair: all nodes switch together; old tokens are refused, new ones accepted", async () => {
    const token = await tokenOf(registryOf(deployment()), deployment().lab.nodes[0]!.address);
    expect(await answersTo(deployment(), token)).toEqual([200, 200, 200]);
    const steady = startSteady(deployment(), await pushImage(deployment(), "steady"));
    const text = await labSucceeds("deploy", "--set", "tokenKeypair.rotation=2").finally(
      steady.stop,
    );
    const seen = await steady.stop();
    say(steadyLine(seen));
    say(`the client had no success for ${(seen.longestGap / 1000).toFixed(1)} s`);
    const [said] = /keypair: .*\d s without service.*/.exec(text) ?? [];
    say(said ?? "");
    expect(said).toBeDefined();
    expect(await answersTo(deployment(), token)).toEqual([401, 401, 401]);
    expect(await labSucceeds("prove")).toContain("6 proved, 0 failed");
    // No node answered to a token of another while they had different keypairs.
    expect(seen.failures.filter(({ what }) => what.startsWith("401"))).toEqual([]);
  });
}
