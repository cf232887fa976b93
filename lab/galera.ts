import type { ContainerSpec } from "./containers";
import type { Secrets } from "./secrets";
import { ADDRESSES, DATABASE, DATABASES, LAB } from "./topology";

/** The accounts and the database; also brings the passwords of an older volume up to date. */
function accountsSql(secrets: Secrets): string {
  const account = (name: string, password: string, grant: string): string[] => [
    `CREATE USER IF NOT EXISTS '${name}'@'%';`,
    `ALTER USER '${name}'@'%' IDENTIFIED BY '${password}';`,
    `GRANT ALL ON ${grant};`,
  ];
  const { name, user, admin } = DATABASE;
  const lines = [
    `CREATE DATABASE IF NOT EXISTS ${name} CHARACTER SET utf8mb4;`,
    ...account(user, secrets.databasePassword, `${name}.* TO '${user}'@'%'`),
    ...account(admin, secrets.databaseAdminPassword, `*.* TO '${admin}'@'%' WITH GRANT OPTION`),
  ];
  return `${lines.join("\n")}\n`;
}

/** The members of a Galera cluster, which find out among themselves who begins it. */
export function galeraSpecs(image: string, secrets: Secrets): ContainerSpec[] {
  return DATABASES.map((name) => ({
    name,
    image,
    flags: ["--init", "--stop-timeout", "40"],
    environment: {
      GALERA_ADDRESS: ADDRESSES[name],
      GALERA_MEMBERS: DATABASES.map((member) => ADDRESSES[member]).join(","),
    },
    volumes: { data: "/var/lib/galera" },
    files: [{ path: `/etc/${LAB}/accounts.sql`, text: accountsSql(secrets), mode: 0o600 }],
    ready: ["lab-ready"],
    patience: 120,
  }));
}

/** HAProxy before the members: the one address under which Harbor finds the database. */
export function databaseEndpointSpec(image: string): ContainerSpec {
  return {
    name: "db",
    image,
    flags: ["--init"],
    environment: {
      DB_PORT: String(DATABASE.port),
      DB_MEMBERS: DATABASES.map((name) => `${name}=${ADDRESSES[name]}`).join(","),
    },
    command: ["db-lab"],
    ready: ["lab-ready-db"],
    patience: 150,
  };
}
