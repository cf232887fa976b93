import type { Plugin } from "../protocol/provider";
import { copyToRemote } from "./copy-to-remote";
import { remoteCommand } from "./remote-command";

/** Commands on this machine (`command:local:Command`) are left out: nothing here uses them. */
export const command: Plugin = {
  name: "command",
  types: {
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copyToRemote,
  },
};
