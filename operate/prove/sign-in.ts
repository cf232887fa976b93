import { readSecretFile } from "../secret-file";
import type { Registry } from "./check";
import { ask, basic } from "./http";

/** Where a password may stand when no file is named. */
const VARIABLE = "HARBOR_PASSWORD";
const OPTION = "--password-file";
const GIVE = `give the present one in ${VARIABLE} or with ${OPTION} FILE`;

/** The account whose first password the stack knows. */
export const ADMINISTRATOR = "admin";

/** Who logs in, and where their password is from. */
export interface SignIn {
  readonly user: Registry["user"];
  /** Whether it is the one that the stack was deployed with. */
  readonly first: boolean;
}

/**
 * Who logs in: with the password of a file, or else of the environment, or else with the first one of
 * the administrator.
 * @throws Error for another user without a password, and for an empty one
 */
export async function signInOf(
  name: string,
  file: string | undefined,
  firstPassword: string,
): Promise<SignIn> {
  const given = file === undefined ? process.env[VARIABLE] : await readSecretFile(OPTION, file);
  if (given !== undefined && given !== "") return { user: { name, password: given }, first: false };
  if (file !== undefined) throw new Error(`${OPTION} ${file} is empty: write the password into it`);
  if (name !== ADMINISTRATOR) {
    throw new Error(`the stack knows the password of ${ADMINISTRATOR} alone; ${GIVE} for ${name}`);
  }
  return { user: { name, password: firstPassword }, first: true };
}

/**
 * Whether the registry knows the user and the password at all: with a wrong one every check would fail,
 * for a reason that is no fault of the deployment.
 * @throws Error where a node refuses them and none accepts them
 */
export async function checkSignIn(registry: Registry, { user, first }: SignIn): Promise<void> {
  const path = "/service/token?service=harbor-registry";
  const answers = await Promise.allSettled(
    registry.nodes.map(({ address }) => ask(registry, address, path, { headers: basic(user) })),
  );
  const statuses = answers.flatMap((each) =>
    each.status === "fulfilled" ? [each.value.status] : [],
  );
  if (statuses.includes(200) || !statuses.includes(401)) return;
  const which = first ? "the first password of" : "this password for";
  const why = first
    ? ": it was changed in the web page, or the nodes do not reach their database (npm run verify)"
    : "";
  throw new Error(`the registry refuses ${which} ${user.name} (401)${why}; ${GIVE}`);
}
