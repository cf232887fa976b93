import { type Check, onEachNode, redo } from "../check";
import { TOKEN_CERTIFICATE, TOKEN_KEY, currentPath } from "../request";

/** What runs sees the files as they were declared: one that was replaced since is not there yet. */
export const live: Check = {
  name: "live files",
  judge: onEachNode(["live", "lives"], ({ facts, name }, { declared }) => {
    const wanted = new Map(declared.files.map(({ path, sha256 }) => [path, sha256]));
    const pair = [TOKEN_KEY, TOKEN_CERTIFICATE].map((file) => currentPath(declared, file));
    return facts.all("live").flatMap(([service = "", path = "", sum]) => {
      if (pair.includes(path) || wanted.get(path) === sum) return [];
      return {
        mark: service,
        found: `${service} runs with another ${path} than the declared one`,
        declared: "each service runs with the declared files",
        remedy: `where the row \`files\` names it, as it says there; then ${redo(name, "start")}`,
      };
    });
  }),
};
