/** What a client asks to do with one thing in the registry, or what a token lets it do. */
export interface Access {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

/**
 * Reads the scopes of a token request: `type:name:action,action`, several of them in one parameter
 * (with blanks between) or in several.
 */
export function parseScopes(parameters: readonly string[]): Access[] {
  return parameters
    .flatMap((parameter) => parameter.split(" "))
    .filter((scope) => scope !== "")
    .map((scope) => {
      const [type = "", ...rest] = scope.split(":");
      // A name may hold a colon itself, where it begins with a host and a port.
      const actions = rest.length > 1 ? (rest.pop() ?? "") : "";
      return { type, name: rest.join(":"), actions: actions === "" ? [] : actions.split(",") };
    });
}

/** The project of a repository; undefined for a name without one. */
export function projectOf(repository: string): string | undefined {
  const at = repository.indexOf("/");
  return at > 0 && at < repository.length - 1 ? repository.slice(0, at) : undefined;
}

/** What a role's letters allow in a registry. */
export function permittedActions(permissions: string): string[] {
  const actions: string[] = [];
  if (permissions.includes("W")) actions.push("push");
  if (permissions.includes("M")) actions.push("*", "delete");
  if (permissions.includes("R")) actions.push("pull");
  return actions;
}
