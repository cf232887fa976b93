import * as pulumi from "@pulumi/pulumi";

/** The Redis that the nodes share web sessions through. */
export interface RedisArgs {
  readonly host: string;
  readonly port: number;
  /** No comma: Harbor splits its address at commas. */
  readonly password: pulumi.Input<string>;
  /** Database index. */
  readonly database: number;
  /** Connections that a node keeps open. */
  readonly poolSize: number;
}

/** Redis's address in the form in which Harbor 1.x reads it from `_REDIS_URL`. */
export function redisUrl(redis: Omit<RedisArgs, "password">, password: string): string {
  return [`${redis.host}:${redis.port}`, redis.poolSize, password, redis.database].join(",");
}

/** The session store: a session that one node opened is known to the others. */
export class SessionStore extends pulumi.ComponentResource {
  /** Secret. */
  readonly password: pulumi.Output<string>;

  constructor(name: string, redis: RedisArgs, options: pulumi.ComponentResourceOptions) {
    super("harbor-ha:index:SessionStore", name, {}, options);
    this.password = pulumi.secret(redis.password);
    this.registerOutputs();
  }
}
