import type { Registry } from "./check";
import { ask, type Answer, basic, type Question } from "./http";
import { type Blob, digestOf, type Image, MANIFEST } from "./image";
import { bearer, tokenOf } from "./tokens";

/** Where an image is in a registry. */
export interface Place {
  /** Such as `library/harbor-ha-proof`. */
  readonly repository: string;
  readonly tag: string;
}

/** A conversation with the registry of one node, with a token of its own for the repository. */
async function conversation(registry: Registry, address: string, repository: string) {
  const scope = `repository:${repository}:push,pull`;
  const authorization = bearer(await tokenOf(registry, address, { scope }));
  return async (
    what: string,
    wanted: number,
    path: string,
    { headers, ...question }: Question = {},
  ): Promise<Answer> => {
    const answer = await ask(registry, address, path, {
      ...question,
      headers: { ...authorization, ...headers },
    });
    if (answer.status !== wanted) {
      const refused = [401, 403].includes(answer.status);
      const may = refused ? `; does ${registry.user.name} have push rights there?` : "";
      throw new Error(
        `${what} answers ${String(answer.status)} in place of ${String(wanted)}${may}`,
      );
    }
    return answer;
  };
}

/** The path of an upload with its digest; the registry may name it with its own idea of the host. */
function uploadPath(location: string | undefined, site: Registry, { digest }: Blob): string {
  if (location === undefined) throw new Error("the registry names no place for an upload");
  const { pathname, searchParams } = new URL(location, site.url);
  searchParams.set("digest", digest);
  return `${pathname}?${searchParams.toString()}`;
}

/** Pushes an image through the node with that address. */
export async function push(
  registry: Registry,
  address: string,
  { repository, tag }: Place,
  { manifest, blobs }: Image,
): Promise<void> {
  const say = await conversation(registry, address, repository);
  for (const blob of blobs) {
    const begun = await say("an upload", 202, `/v2/${repository}/blobs/uploads/`, {
      method: "POST",
      content: Buffer.alloc(0),
    });
    await say("the upload of a blob", 201, uploadPath(begun.headers.location, registry, blob), {
      method: "PUT",
      headers: { "Content-Type": "application/octet-stream" },
      content: blob.bytes,
    });
  }
  await say("the manifest", 201, `/v2/${repository}/manifests/${tag}`, {
    method: "PUT",
    headers: { "Content-Type": MANIFEST },
    content: manifest.bytes,
  });
}

/**
 * Pulls an image through the node with that address.
 * @throws Error where it is not the one that was pushed, byte by byte
 */
export async function pull(
  registry: Registry,
  address: string,
  { repository, tag }: Place,
  { manifest, blobs }: Image,
): Promise<void> {
  const say = await conversation(registry, address, repository);
  const compare = (what: string, { digest }: Blob, { bytes }: Answer) => {
    const pulled = digestOf(bytes);
    if (pulled !== digest) throw new Error(`pulled ${what} ${pulled} instead of ${digest}`);
  };
  const got = await say("the manifest", 200, `/v2/${repository}/manifests/${tag}`, {
    headers: { Accept: MANIFEST },
  });
  compare("the manifest", manifest, got);
  for (const blob of blobs) {
    compare("the blob", blob, await say("a blob", 200, `/v2/${repository}/blobs/${blob.digest}`));
  }
}

/**
 * Takes a tag away by Harbor's own API, which forgets a repository with its last tag. The blobs stay
 * until the registry's next garbage collection.
 * @throws Error with the status, where it stays
 */
export async function remove(
  registry: Registry,
  address: string,
  { repository, tag }: Place,
): Promise<void> {
  const path = `/api/repositories/${repository}/tags/${tag}`;
  const { status } = await ask(registry, address, path, {
    method: "DELETE",
    headers: basic(registry.user),
  });
  if (status !== 200) throw new Error(`Harbor answers ${String(status)} to its deletion`);
}
