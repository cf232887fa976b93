import { type Check, onEachNode, redo } from "../check";
import { logsAt } from "../logs";

/** The node answers as the health gate wants it, database included. */
export const health: Check = {
  name: "health",
  judge: onEachNode(["health"], ({ facts, name }, { declared }) => {
    const [state] = facts.one("health");
    if (state === undefined || state === "ok") return [];
    return [
      {
        mark: state.split(":")[0] ?? "fails",
        found: state,
        declared: "a node that passes its health gate",
        remedy: `see the other rows and ${logsAt(declared, "ui")}; then ${redo(name, "start")}`,
      },
    ];
  }),
};
