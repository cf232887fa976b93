import { type Check, onEachNode } from "../check";

const octal = (mode: number) => mode.toString(8).padStart(4, "0");

/** Nobody but root may read what holds secrets: modes and owners of all declared files. */
export const modes: Check = {
  name: "modes",
  judge: onEachNode(["file", "secretkey"], ({ facts }, { declared }) => {
    const wanted = new Map(declared.files.map(({ path, mode }) => [path, octal(mode)]));
    return [...facts.all("file"), ...facts.all("secretkey")].flatMap(([path = "", mode, owner]) => {
      if (mode === undefined || mode === "missing") return [];
      const right = wanted.get(path) ?? octal(0o600);
      const is = octal(parseInt(mode, 8));
      if (is === right && owner === "root") return [];
      return {
        mark: is === right ? `of ${owner ?? "nobody"}` : is,
        found: `${path} has the mode ${is} and is of ${owner ?? "nobody"}`,
        declared: `mode ${right}, of root`,
        remedy: `on the node: chown root ${path} && chmod ${right} ${path}`,
      };
    });
  }),
};
