import type { Facts } from "./facts";

/** A container of the project as docker describes it. */
export interface Container {
  readonly service: string;
  /** `running`, `exited`, `restarting`, … */
  readonly state: string;
  readonly exitCode: string;
  /** How often docker has started it again by itself. */
  readonly restarts: number;
  readonly startedAt: Date;
  /** The image as the definition names it. */
  readonly image: string;
  readonly imageId: string;
  /** The sum that docker-compose made of its definition. */
  readonly definition: string;
}

export function containersOf(facts: Facts): Container[] {
  return facts
    .all("container")
    .map(
      ([
        service = "",
        state = "",
        exitCode = "",
        restarts,
        startedAt = "",
        image = "",
        imageId = "",
        definition = "",
      ]) => ({
        ...{ service, state, exitCode, image, imageId, definition },
        restarts: Number(restarts),
        startedAt: new Date(startedAt),
      }),
    );
}
