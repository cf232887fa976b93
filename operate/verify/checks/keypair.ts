import { type Check, type NodeFinding, onEachNode, redo } from "../check";
import { keyFingerprint } from "../fingerprint";
import { TOKEN_CERTIFICATE, TOKEN_KEY, currentPath } from "../request";

const FILES = { certificate: TOKEN_CERTIFICATE, private: TOKEN_KEY } as const;

/**
 * The one pair by which tokens are signed and checked: in the files, in what runs, and in the mark
 * that the node's gate has left. Another pair on one node is a 401 for the tokens of the others.
 */
export const keypair: Check = {
  name: "keypair",
  judge: onEachNode(["key", "lives", "mark"], ({ facts, name }, { declared }) => {
    const right = declared.keypair;
    const differs = (mark: string, found: string, remedy: string): NodeFinding => ({
      mark,
      found,
      declared: `the pair ${right}`,
      remedy,
    });
    const wanted = new Map(declared.files.map(({ path, sha256 }) => [path, sha256]));
    const paths = Object.values(FILES).map((file) => currentPath(declared, file));
    const files = facts.all("key").flatMap(([kind, text = ""]) => {
      const file = currentPath(declared, kind === "private" ? FILES.private : FILES.certificate);
      const found = keyFingerprint(Buffer.from(text, "base64").toString());
      if (found === right) return [];
      const what =
        found === undefined ? "holds no key that can be read" : `is of the pair ${found}`;
      return differs("another", `${file} ${what}`, redo(name, "stage"));
    });
    const running = facts.all("live").flatMap(([service = "", path = "", sum]) => {
      if (!paths.includes(path) || wanted.get(path) === sum) return [];
      return differs(
        `${service} is old`,
        `${service} runs with another ${path} than the declared one`,
        redo(name, "start"),
      );
    });
    const [, gate] = facts.one("mark");
    const mark =
      gate === undefined || gate === right
        ? []
        : differs(
            "gate",
            gate
              ? `the node's gate has passed with the pair ${gate}`
              : "the node's gate has not passed yet",
            `pulumi up; if that has nothing to do: ${redo(name, "start")}`,
          );
    return [...files, ...running, ...[mark].flat()];
  }),
};
