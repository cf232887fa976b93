import type { Check } from "../check";

export const reachable: Check = {
  name: "reachable",
  judge: ({ declared, unseen }) =>
    unseen.map(({ name, mark, reason }) => {
      const { host, port, user } = declared.nodes.find((node) => node.name === name)!.connection;
      return {
        node: name,
        mark,
        found: reason,
        declared: `a login of ${user} at ${host}:${port}, and a look that comes to its end`,
        remedy:
          "start the host, or mend its network, sshd or account; the other rows say nothing of it",
      };
    }),
};
