import { type Check, isHttps, type Node, onEach, type Registry } from "./check";
import { ask, askingOnce } from "./http";

const REQUESTS = 30;

/** Opens a session on a node. @returns the Cookie header that stands for it */
async function openedOn({ name, address }: Node, registry: Registry): Promise<string> {
  const { user } = registry;
  const login = await ask(registry, address, "/login", {
    form: { principal: user.name, password: user.password },
  });
  const cookies = login.headers["set-cookie"] ?? [];
  if (login.status !== 200 || cookies.length === 0) {
    throw new Error(`login at ${name} answers ${String(login.status)}`);
  }
  // Without that mark a browser sends it over plain HTTP as well.
  if (isHttps(registry) && !cookies.every((line) => /;\s*secure\b/i.test(line))) {
    throw new Error(`the session cookie of ${name} is not for HTTPS alone`);
  }
  return cookies.map((line) => line.split(";")[0]).join("; ");
}

/** A web session that one node opened holds on all of them. */
export const sessions: Check = {
  name: "web session",
  remedy: "`verify` says whether every node reaches Redis (redis.*); `pulumi up` puts a node right",
  async run(registry) {
    const { nodes } = registry;
    const first = nodes[0]!;
    let cookie = "";
    await onEach([first], async (node) => void (cookie = await openedOn(node, registry)));
    const lost = new Map<string, number>();
    const asking = askingOnce();
    for (let i = 0; i < REQUESTS; i++) {
      const node = nodes[i % nodes.length]!;
      const outcome = await asking(registry, node.address, "/api/users/current", {
        headers: { Cookie: cookie },
      }).then(
        ({ status }) => (status === 200 ? "" : `answers ${String(status)}`),
        (error: Error) => `does not answer: ${error.message}`,
      );
      const what = `${node.name} ${outcome}`;
      if (outcome !== "") lost.set(what, (lost.get(what) ?? 0) + 1);
    }
    if (lost.size > 0) {
      const list = [...lost].map(([what, times]) => `${what} (${String(times)} times)`);
      throw new Error(`the session of ${first.name} is lost on other nodes\n${list.join("\n")}`);
    }
    return `opened on ${first.name}, ${String(REQUESTS)} of ${String(REQUESTS)} requests round robin know it`;
  },
};
