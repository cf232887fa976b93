import * as pulumi from "@pulumi/pulumi";

/**
 * The release that the stack's last complete deployment left running, as its outputs say; undefined
 * for a new stack. The engine reads its own state: no host is contacted, and no resource is made of
 * the question. A deployment that failed has changed no output, so the way back stays open.
 */
export async function earlierRelease(): Promise<string | undefined> {
  const name = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()].join("/");
  const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name })) as {
    outputs?: { release?: unknown };
  };
  return typeof outputs?.release === "string" ? outputs.release : undefined;
}
