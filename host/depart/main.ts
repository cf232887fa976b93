/**
 * Takes a host out of the cluster: a DepartureRequest on standard input, what happens on standard
 * error. Started by the engine on the machine that runs the program.
 */
import { serveRequest } from "../request-program";
import { depart } from "./depart";
import type { DepartureRequest } from "./request";

void serveRequest<DepartureRequest>(depart);
