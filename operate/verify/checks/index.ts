import type { Check } from "../check";
import { certificate } from "./certificate";
import { clock } from "./clock";
import { containers } from "./containers";
import { database } from "./database";
import { disk } from "./disk";
import { dns } from "./dns";
import { files } from "./files";
import { health } from "./health";
import { images } from "./images";
import { keypair } from "./keypair";
import { live } from "./live";
import { modes } from "./modes";
import { mount } from "./mount";
import { reachable } from "./reachable";
import { redis } from "./redis";
import { release } from "./release";
import { secretkey } from "./secretkey";
import { tokens } from "./tokens";
import { units } from "./units";

/** The rows of the table, from the ground up: what is wrong first explains what is wrong below it. */
export const CHECKS: readonly Check[] = [
  reachable,
  clock,
  disk,
  mount,
  units,
  release,
  files,
  modes,
  secretkey,
  images,
  containers,
  live,
  keypair,
  certificate,
  database,
  redis,
  health,
  tokens,
  dns,
];
