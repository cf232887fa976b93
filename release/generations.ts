import type { Installer } from "./installer";
import { mysqlGeneration } from "./mysql-generation";
import { ReleaseError } from "./release-error";
import type { ReleaseSettings, RenderedFile } from "./release-settings";
import { SUPPORTED_RANGE } from "../harbor/versions";

/** What rendering needs of an installer. */
export type Release = Pick<Installer, "files" | "version">;

/** A family of releases that are configured alike. A new family is a new file and a line below. */
export interface Generation {
  readonly name: string;
  /** Whether a release is of this family: by what its files have, not by its version. */
  describes(release: Release): boolean;
  /** The release folder's files, in any order. Throws a ReleaseError that names every problem. */
  render(release: Release, settings: ReleaseSettings): RenderedFile[];
}

const GENERATIONS: readonly Generation[] = [mysqlGeneration];

/** The family of a release. Throws a ReleaseError for one that is not supported. */
export function generationOf(release: Release): Generation {
  const found = GENERATIONS.find((candidate) => candidate.describes(release));
  if (found === undefined) {
    throw new ReleaseError(
      `installer: Harbor ${release.version} ${peculiarity(release)}, which is not supported yet; ` +
        `supported: ${SUPPORTED_RANGE}`,
    );
  }
  return found;
}

function peculiarity({ files }: Release): string {
  if (files.has("harbor.yml") || files.has("harbor.yml.tmpl")) {
    return "is configured by harbor.yml (Harbor 1.8 and later)";
  }
  if ([...files.values()].some((text) => /^POSTGRESQL_HOST=/m.test(text))) {
    return "keeps its records in PostgreSQL (Harbor 1.6 and later)";
  }
  return "is of an unknown generation (no MYSQL_HOST in common/templates/adminserver/env)";
}
