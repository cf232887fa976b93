/**
 * Gives all nodes another token keypair at the same time: a SwitchRequest on standard input, what
 * happens on standard error. Started by the engine on the machine that runs the program. Nodes that
 * were told to go do so, also when this ends.
 */
import { serveRequest } from "../request-program";
import type { SwitchRequest } from "./request";
import { switchTogether } from "./switch";

void serveRequest<SwitchRequest>(switchTogether);
