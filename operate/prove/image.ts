import { createHash, randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export const MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
const CONFIG = "application/vnd.docker.container.image.v1+json";
const LAYER = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/** Bytes: enough that a layer is no special case, little enough to push at any time. */
const CONTENT = 65_536;

export interface Blob {
  /** `sha256:…` over the bytes. */
  readonly digest: string;
  readonly bytes: Buffer;
}

export interface Image {
  readonly manifest: Blob;
  /** What the manifest names: the configuration and the layer. */
  readonly blobs: readonly Blob[];
}

export const digestOf = (bytes: Buffer): string =>
  `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

const blobOf = (bytes: Buffer): Blob => ({ digest: digestOf(bytes), bytes });
const json = (value: unknown) => blobOf(Buffer.from(JSON.stringify(value)));

async function tarOf(name: string, content: Buffer): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name, mode: 0o644, mtime: new Date(0) }, content);
  tar.finalize();
  return buffer(tar);
}

/** An image of a few random bytes, so that no node can have it from an earlier run. */
export async function randomImage(): Promise<Image> {
  const tar = await tarOf("content", randomBytes(CONTENT));
  const layer = blobOf(gzipSync(tar));
  const created = new Date(0).toISOString();
  const config = json({
    architecture: "amd64",
    os: "linux",
    created,
    config: { Cmd: ["/content"] },
    history: [{ created, created_by: "harbor-ha prove" }],
    rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
  });
  const named = (mediaType: string, { digest, bytes }: Blob) => ({
    mediaType,
    size: bytes.length,
    digest,
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: named(CONFIG, config),
    layers: [named(LAYER, layer)],
  });
  return { manifest, blobs: [config, layer] };
}
