import { type Check, onEachNode, redo } from "../check";

/** The one key that what is encrypted in the database can be read with. */
export const secretkey: Check = {
  name: "secretkey",
  judge: onEachNode(["secretkey"], ({ facts, name }, { declared }) => {
    const [path = "", mode, , sum] = facts.one("secretkey");
    if (mode === undefined || sum === declared.secretkey) return [];
    if (mode === "missing") {
      return [
        {
          mark: "missing",
          found: `${path} is missing`,
          declared: "this stack's secret key",
          remedy: `${redo(name, "stage")} writes it again`,
        },
      ];
    }
    return [
      {
        mark: "another",
        found: `${path} holds another key than this stack's`,
        declared: "this stack's secret key",
        remedy:
          "do not replace it before you know which of the two the database was written with; restore the file or the stack's state from a backup of that time",
      },
    ];
  }),
};
