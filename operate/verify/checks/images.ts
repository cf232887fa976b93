import { type Check, type NodeFinding, mostCommon, onEachNode, redo } from "../check";
import { containersOf } from "../containers";

/** Containers run the images that their tags name, and the tags name the same images on all nodes. */
export const images: Check = {
  name: "images",
  judge: onEachNode(["image", "container"], ({ facts, name }, { declared, seen }) => {
    const here = new Map(facts.all("image").map(([tag = "", id = ""]) => [tag, id]));
    const tags = declared.release.images.flatMap((tag): NodeFinding[] => {
      const id = here.get(tag);
      const common = mostCommon(
        seen.flatMap((node) =>
          node.facts
            .all("image")
            .filter(([other, of]) => other === tag && of !== "missing")
            .map(([, of = ""]) => of),
        ),
      );
      if (id === undefined || id === common) return [];
      const missing = id === "missing";
      return [
        {
          mark: missing ? "missing" : "another",
          found: missing ? `docker has no ${tag}` : `${tag} is another image than on most nodes`,
          declared: `${tag}, the same image on all nodes`,
          remedy: missing
            ? redo(name, "stage")
            : `on the node: docker image rm -f ${tag}; then ${redo(name, "stage")} and ${redo(name, "start")}`,
        },
      ];
    });
    const running = containersOf(facts).flatMap(({ service, image, imageId }): NodeFinding[] => {
      const id = here.get(image);
      if (id === undefined || id === "missing" || id === imageId) return [];
      return [
        {
          mark: "outdated",
          found: `${service} runs another image than ${image} names now`,
          declared: image,
          remedy: redo(name, "start"),
        },
      ];
    });
    return [...tags, ...running];
  }),
};
