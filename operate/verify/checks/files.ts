import type { DeclaredFile, Verification } from "../../../components/verification";
import { type Check, type NodeFinding, type SeenNode, onEachNode, redo } from "../check";

/** What puts a file back. */
function remedyFor({ path }: DeclaredFile, node: string, { folders }: Verification): string {
  if (path.startsWith(`${folders.install}/current/`)) return redo(node, "stage");
  if (path.startsWith(`${folders.install}/`)) return redo(node, "start");
  return `copy ${path} from a node where it is ok; it is the same on all`;
}

function judge({ facts, name }: SeenNode, declared: Verification): NodeFinding[] {
  const found = new Map(facts.all("file").map(([path, ...rest]) => [path, rest]));
  return declared.files.flatMap((file) => {
    const [mode, , sum] = found.get(file.path) ?? [];
    const differs = mode !== undefined && file.sha256 !== undefined && sum !== file.sha256;
    if (mode !== "missing" && !differs) return [];
    return {
      mark: mode === "missing" ? "missing" : "differs",
      found: `${file.path} ${mode === "missing" ? "is missing" : "has another content"}`,
      declared: "the file as this stack's settings make it",
      remedy: remedyFor(file, name, declared),
    };
  });
}

/** Every declared file is there, with the declared content. */
export const files: Check = {
  name: "files",
  judge: onEachNode(["file"], (node, look) => judge(node, look.declared)),
};
