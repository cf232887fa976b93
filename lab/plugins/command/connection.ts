import type { Connection } from "../../../host/ssh/connection";
import type { CheckFailure } from "../protocol/provider";
import { isSecret, secret, type Properties, type Value } from "../protocol/values";

const DEFAULTS = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };

type Fields = { [key: string]: Value };

function isFields(value: Value | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fill(value: Value | undefined): Value | undefined {
  if (isSecret(value)) return secret(fill((value as Fields)["value"]));
  if (!isFields(value)) return value;
  const proxy = value["proxy"];
  return { ...DEFAULTS, ...value, ...(proxy === undefined ? {} : { proxy: fill(proxy) ?? null }) };
}

/** The connection with its defaults, and secret as a whole: it holds the keys. */
export function withConnectionDefaults(inputs: Properties): Properties {
  const connection = fill(inputs["connection"]);
  return connection === undefined ? inputs : { ...inputs, connection: secret(connection) ?? null };
}

/** What is missing, in revealed inputs which may hold unknown values. */
export function checkConnection(inputs: Properties): CheckFailure[] {
  const connection = inputs["connection"];
  const missing = (property: string) => [
    { property, reason: `Missing required field '${property}'` },
  ];
  if (connection === undefined || connection === null) return missing("connection");
  if (!isFields(connection)) return [];
  if (connection["host"] === undefined) return missing("connection.host");
  const { proxy } = connection;
  return isFields(proxy) && proxy["host"] === undefined ? missing("connection.proxy.host") : [];
}

/** The connection of revealed and checked inputs. */
export function connectionOf(inputs: Properties): Connection {
  return inputs["connection"] as unknown as Connection;
}
