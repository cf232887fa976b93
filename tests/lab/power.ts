import { run } from "../../lab/shell";
import { type ContainerName, containerOf } from "../../lab/topology";

/** Power-off: nothing on the machine gets a word in, and it stays off. */
export async function powerOff(...names: readonly ContainerName[]): Promise<void> {
  await run("docker", ["kill", ...names.map(containerOf)]);
}

/** Power-on, with the disks as they are; does not wait. */
export async function powerOn(...names: readonly ContainerName[]): Promise<void> {
  await run("docker", ["start", ...names.map(containerOf)]);
}
