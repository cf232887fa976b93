import { type Check, onEachNode, redo } from "../check";

/** A token that one node issues is accepted by the registries of all. */
export const tokens: Check = {
  name: "tokens",
  judge: onEachNode(["token"], ({ facts, name }, { unseen }) => {
    if (facts.all("token").some(([, status]) => status === "none")) {
      return [
        {
          mark: "none",
          found: "the node issues no token",
          declared: "each node issues tokens",
          remedy: `see the row \`health\`; then ${redo(name, "start")}`,
        },
      ];
    }
    return facts.all("token").flatMap(([peer = "", status = ""]) => {
      // A node that is away is said by the row `reachable`, once.
      const away = unseen.some((node) => node.name === peer) && status === "000";
      if (status === "200" || away) return [];
      const what =
        status === "000"
          ? `the registry of ${peer} does not answer`
          : `the registry of ${peer} answers ${status} to this node's token`;
      return {
        mark: `${peer} ${status === "000" ? "silent" : status}`,
        found: what,
        declared: "every registry accepts every node's tokens",
        remedy:
          status === "401"
            ? "see the rows `keypair` and `clock`: they say which node differs"
            : `let the nodes reach each other on the registry's port, and see the row \`health\` of ${peer}`,
      };
    });
  }),
};
