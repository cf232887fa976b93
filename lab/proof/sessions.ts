import { type Check, nodeUrl } from "./check";
import { ask } from "./http";

const REQUESTS = 30;

/** A web session that one node opened holds on all of them. */
export const sessions: Check = {
  name: "web session",
  async run({ lab, registry, adminPassword }) {
    const [first] = lab.nodes;
    const login = await ask(nodeUrl(first!.address, "/login"), {
      host: registry,
      form: { principal: "admin", password: adminPassword },
    });
    const cookie = (login.headers["set-cookie"] ?? []).map((line) => line.split(";")[0]).join("; ");
    if (login.status !== 200 || cookie === "") {
      throw new Error(`login at ${first!.name} answers ${String(login.status)}`);
    }
    const lost = new Map<string, number>();
    for (let i = 0; i < REQUESTS; i++) {
      const node = lab.nodes[i % lab.nodes.length]!;
      const { status } = await ask(nodeUrl(node.address, "/api/users/current"), {
        host: registry,
        headers: { Cookie: cookie },
      });
      const what = `${node.name} answers ${String(status)}`;
      if (status !== 200) lost.set(what, (lost.get(what) ?? 0) + 1);
    }
    if (lost.size > 0) {
      const list = [...lost].map(([what, times]) => `${what} (${String(times)} times)`);
      throw new Error(`the session of ${first!.name} is lost on other nodes\n${list.join("\n")}`);
    }
    return `opened on ${first!.name}, ${String(REQUESTS)} of ${String(REQUESTS)} requests round robin know it`;
  },
};
