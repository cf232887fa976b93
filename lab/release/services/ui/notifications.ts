import { describeError, log } from "../log";
import { empty, type Request, type Response } from "../router";
import type { Repositories } from "./repositories";

const MANIFEST = /^application\/vnd\.(docker\.distribution|oci\.image)\.(manifest|index)\./;

/** A push or a pull of a manifest, of which the registry tells. */
export interface RegistryEvent {
  readonly action: "push" | "pull";
  readonly repository: string;
  readonly tag: string;
  readonly actor: string;
}

interface Envelope {
  readonly events?: readonly {
    readonly action?: string;
    readonly target?: { mediaType?: string; repository?: string; tag?: string };
    readonly actor?: { name?: string };
  }[];
}

/** Reads a notification; events of layers are left out. @throws SyntaxError for other than JSON. */
export function parseNotification(body: string): RegistryEvent[] {
  const { events = [] } = JSON.parse(body) as Envelope;
  return events.flatMap(({ action, target, actor }) => {
    if (action !== "push" && action !== "pull") return [];
    if (!target?.repository || !MANIFEST.test(target.mediaType ?? "")) return [];
    const { repository, tag = "" } = target;
    return [{ action, repository, tag, actor: actor?.name || "anonymous" }];
  });
}

/** Takes the registry's notifications. Its answer is 200 even where they could not be stored. */
export function notificationHandler(repositories: Repositories) {
  return async (request: Request): Promise<Response> => {
    try {
      for (const event of parseNotification(request.body)) {
        const { action, repository, tag, actor } = event;
        if (action === "push") await repositories.add(repository, actor);
        else await repositories.countPull(repository);
        await repositories.logAccess(repository, tag, actor, action);
      }
    } catch (error) {
      log.error(`notification not stored: ${describeError(error)}`);
    }
    return empty(200);
  };
}
