import { run } from "../../lab/shell";
import { containerOf, DATABASE, type DatabaseName } from "../../lab/topology";

/** SQL on a member of the Galera cluster, as its administrator. */
export async function sql(text: string, member: DatabaseName = "db2"): Promise<string> {
  const command = ["exec", "-i", containerOf(member), "mariadb", "-NB"];
  return (await run("docker", command, { input: text })).stdout.trim();
}

/** An empty database that Harbor's account may do everything with; one of that name is dropped. */
export async function freshDatabase(name: string): Promise<void> {
  await sql(`DROP DATABASE IF EXISTS ${name}; CREATE DATABASE ${name};
    GRANT ALL ON ${name}.* TO '${DATABASE.user}'@'%';`);
}
