import { generationOf, type Release } from "./generations";
import type { ReleaseSettings, RenderedFile } from "./release-settings";

export type { ReleaseSettings, RenderedFile } from "./release-settings";

/**
 * The files of a release folder for the settings, sorted by path. The same release and settings give
 * the same bytes. Throws a ReleaseError for a release that is not supported, and one that names every
 * problem found in the settings.
 */
export function renderRelease(release: Release, settings: ReleaseSettings): RenderedFile[] {
  return generationOf(release)
    .render(release, settings)
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
