import { basename } from "node:path";
import { type Check, onEachNode, redo } from "../check";

/** The version in the name of a release's folder; what follows it is a sum over secrets too. */
const versionIn = (folder: string) => basename(folder).replace(/-[0-9a-f]{12}$/, "");

/** `current` is the declared release. */
export const release: Check = {
  name: "release",
  judge: onEachNode(["release"], ({ facts, name }, { declared }) => {
    const { folder, version } = declared.release;
    const [current] = facts.one("release");
    if (current === undefined || current === folder) return [];
    const found = versionIn(current);
    return [
      {
        mark: found === "" ? "none" : found === version ? "other settings" : found,
        found:
          found === ""
            ? "no release is the current one"
            : `the current release is ${found}${found === version ? " with other settings" : ""}`,
        declared: `release ${version} with this stack's settings`,
        remedy: `pulumi up; if that has nothing to do: ${redo(name, "stage")}`,
      },
    ];
  }),
};
