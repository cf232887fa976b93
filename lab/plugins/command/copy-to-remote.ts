import { randomBytes } from "node:crypto";
import type { ResourceLog, ResourceType } from "../protocol/provider";
import { isArchive, isAsset, sameValue, UNKNOWN, type Properties } from "../protocol/values";
import { checkConnection, connectionOf, withConnectionDefaults } from "./connection";
import { copy, type Source } from "./copy";
import { withClient } from "./dial";

function sourceOf(inputs: Properties): Source {
  const source = inputs["source"];
  if (isAsset(source) || isArchive(source)) {
    if (typeof source["path"] === "string") return { path: source["path"] };
    if (isAsset(source) && typeof source["text"] === "string") return { text: source["text"] };
  }
  throw new Error(
    "the lab's command plugin copies files, folders and text: archives of assets and remote " +
      "assets are not supported",
  );
}

async function transfer(inputs: Properties, log: ResourceLog): Promise<void> {
  const source = sourceOf(inputs);
  const path = inputs["remotePath"] as string;
  await withClient(connectionOf(inputs), log, (client) => copy(client, source, path));
}

/** `command:remote:CopyToRemote`: a file on the host, copied over SFTP. Deleting leaves it there. */
export const copyToRemote: ResourceType = {
  replaceOn: new Set(["triggers"]),
  computed: [],
  secretOutputs: ["connection"],
  defaults: withConnectionDefaults,
  check(inputs) {
    const failures = checkConnection(inputs);
    const { source } = inputs;
    if (inputs["remotePath"] === undefined) {
      failures.push({ property: "remotePath", reason: "Missing required field 'remotePath'" });
    }
    if (source !== UNKNOWN && !isAsset(source) && !isArchive(source)) {
      failures.push({ property: "asset", reason: "either asset or archive must be set" });
    }
    return failures;
  },
  async create(inputs, log) {
    await transfer(inputs, log);
    return { id: randomBytes(4).toString("hex"), outputs: {} };
  },
  async update(state, inputs, log) {
    const moved = inputs["remotePath"] !== state["remotePath"];
    if (moved || !sameValue(state["source"], inputs["source"])) await transfer(inputs, log);
    return {};
  },
};
