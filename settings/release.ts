import { z } from "zod";
import { archive, sha256 } from "./archive";
import { text } from "./fields";

/* Which release runs. */

export const release = z.strictObject({
  version: text("a Harbor release such as 1.1.2")
    .regex(/^v?\d+\.\d+\.\d+$/, "must be a Harbor release such as 1.1.2")
    .describe("The release; the installer must be of the same"),
  installer: archive("the path or https URL of the release's installer archive (.tgz)").describe(
    "The release's online or offline installer; a path is relative to the project's folder",
  ),
  sha256,
});
