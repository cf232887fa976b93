import type { Plugin } from "../protocol/provider";
import { localCommand } from "./local-command";
import { remoteCommand } from "./remote-command";

/** Copies (`command:remote:CopyToRemote`) are left out: nothing here uses them. */
export const command: Plugin = {
  name: "command",
  types: {
    "command:remote:Command": remoteCommand,
    "command:local:Command": localCommand,
  },
};
