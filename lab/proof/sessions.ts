import { type Check, isHttps } from "./check";
import { ask } from "./http";

const REQUESTS = 30;

/** A web session that one node opened holds on all of them. */
export const sessions: Check = {
  name: "web session",
  async run(deployment) {
    const { lab, adminPassword } = deployment;
    const [first] = lab.nodes;
    const login = await ask(deployment, first!.address, "/login", {
      form: { principal: "admin", password: adminPassword },
    });
    const cookies = login.headers["set-cookie"] ?? [];
    if (login.status !== 200 || cookies.length === 0) {
      throw new Error(`login at ${first!.name} answers ${String(login.status)}`);
    }
    // Without that mark a browser sends it over plain HTTP as well.
    if (isHttps(deployment) && !cookies.every((line) => /;\s*secure\b/i.test(line))) {
      throw new Error(`the session cookie of ${first!.name} is not for HTTPS alone`);
    }
    const cookie = cookies.map((line) => line.split(";")[0]).join("; ");
    const lost = new Map<string, number>();
    for (let i = 0; i < REQUESTS; i++) {
      const node = lab.nodes[i % lab.nodes.length]!;
      const { status } = await ask(deployment, node.address, "/api/users/current", {
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
