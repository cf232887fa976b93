import { inspectContainers } from "./containers";
import { run } from "./shell";
import { ADDRESSES, CONTAINERS, HOSTS, containerOf, type ContainerName } from "./topology";

interface Row {
  readonly name: string;
  readonly address: string;
  readonly state: string;
  readonly memory: string;
  readonly systemd: string;
}

async function memoryUse(names: readonly ContainerName[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const format = "{{.Name}}\t{{.MemUsage}}";
  const args = ["stats", "--no-stream", "--format", format, ...names.map(containerOf)];
  const { stdout } = await run("docker", args, { mayFail: true });
  return new Map(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split("\t"))
      .map(([name = "", use = ""]) => [name, use.split(" / ")[0] ?? ""]),
  );
}

async function systemdState(name: ContainerName): Promise<string> {
  if (!HOSTS.some((host) => host === name)) return "";
  const args = ["exec", containerOf(name), "systemctl", "is-system-running"];
  return (await run("docker", args, { mayFail: true, timeout: 10 })).stdout.trim();
}

function table(rows: readonly Row[]): string {
  const columns = ["name", "address", "state", "memory", "systemd"] as const;
  const heading = Object.fromEntries(columns.map((column) => [column, column])) as unknown as Row;
  const widths = columns.map((column) =>
    Math.max(...[heading, ...rows].map((row) => row[column].length)),
  );
  return [heading, ...rows]
    .map((row) => columns.map((column, i) => row[column].padEnd(widths[i] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

/** A table of the lab's containers: state, memory, and what systemd says on the hosts. */
export async function status(): Promise<string> {
  const engine = await run("docker", ["info", "-f", "{{.ServerVersion}}"], { mayFail: true });
  if (engine.code !== 0) return "the container engine does not run";
  const states = await inspectContainers();
  const running = CONTAINERS.filter((name) => states.get(name)?.State.Status === "running");
  const memory = await memoryUse(running);
  const rows = CONTAINERS.map(async (name): Promise<Row> => {
    const state = states.get(name)?.State.Status ?? "missing";
    return {
      name,
      address: ADDRESSES[name],
      state,
      memory: memory.get(containerOf(name)) ?? "",
      systemd: state === "running" ? await systemdState(name) : "",
    };
  });
  return table(await Promise.all(rows));
}
