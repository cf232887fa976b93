import { randomBytes } from "node:crypto";
import { type Check, onEach } from "./check";
import { randomImage } from "./image";
import { type Place, pull, push, remove } from "./transfer";

const names = (nodes: readonly { readonly name: string }[]) =>
  nodes.map(({ name }) => name).join(" and ");

/**
 * An image that goes in through one node comes out of every other one, byte by byte, and is taken away
 * again.
 * @param repository where it is for that time, in a project that there is
 */
export function imagesIn(repository: string): Check {
  return {
    name: "push and pull",
    remedy:
      "`npm run verify` says which node lacks the shared file system, or runs other settings; `pulumi up` puts it right",
    async run(registry) {
      const [first, ...others] = registry.nodes;
      const place: Place = { repository, tag: `prove-${randomBytes(6).toString("hex")}` };
      const name = `${repository}:${place.tag}`;
      const image = await randomImage();
      await push(registry, first!.address, place, image).catch((error: Error) => {
        throw new Error(`push through ${first!.name}: ${error.message}`);
      });
      const pullers = others.length > 0 ? others : [first!];
      const pulled = await onEach(pullers, ({ address }) =>
        pull(registry, address, place, image),
      ).then(
        () => undefined,
        (error: Error) => error.message,
      );
      const stays = await remove(registry, first!.address, place).then(
        () => undefined,
        ({ message }: Error) => `${name} stays, as ${message}: delete it in the web page`,
      );
      if (pulled !== undefined) throw new Error([pulled, ...(stays ? [stays] : [])].join("\n"));
      const moved = `${name} went in through ${first!.name} and came out of ${names(pullers)}`;
      return stays === undefined ? `${moved}; it is deleted again` : `${moved}\n${stays}`;
    },
  };
}
