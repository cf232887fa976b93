import * as pulumi from "@pulumi/pulumi";
import { hostStep } from "./host-step";
import type { NodeArgs, SshArgs } from "./node-connection";

/** Where a backup waits on the first node until the schema step loads it. */
export const RESTORE_DIR = "/var/lib/harbor-ha/restore";

/** The MySQL cluster that takes the place of the release's bundled database. */
export interface DatabaseArgs {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
  readonly password: pulumi.Input<string>;
  /**
   * An administrator's account. It is needed once, on Galera, whose step of ids breaks the release's
   * schema file unless a global switch is off for a moment; it is used for that alone.
   * @default none
   */
  readonly admin?: { readonly user: string; readonly password: pulumi.Input<string> };
}

export interface ExternalDatabaseArgs {
  /** The node that loads the schema; its release must be staged. */
  readonly node: NodeArgs;
  readonly ssh: SshArgs;
  readonly database: DatabaseArgs;
  readonly releaseVersion: string;
  /** The release's image that holds the schema, and the client to load and dump it with. */
  readonly schemaImage: string;
  readonly mountPoint: string;
  /** Harbor's data, relative to the mount point. */
  readonly dataDirectory: string;
}

/**
 * The external database and the release's schema in it: loaded once, by one node, only where there
 * are no tables; with its content, where a backup was brought to that node. A complete schema is left
 * as it is, and dumped to the mount before another release takes it over; any other content, or the
 * schema of another release, is an error. Deleting it touches nothing.
 */
export class ExternalDatabase extends pulumi.ComponentResource {
  constructor(args: ExternalDatabaseArgs, options: pulumi.ComponentResourceOptions) {
    const { node, ssh, database, releaseVersion, schemaImage, mountPoint, dataDirectory } = args;
    super("harbor-ha:index:ExternalDatabase", database.name, {}, options);
    hostStep(
      {
        node,
        ssh,
        step: "schema",
        parameters: {
          DATABASE_HOST: database.host,
          DATABASE_PORT: database.port,
          DATABASE_NAME: database.name,
          DATABASE_USER: database.user,
          RELEASE_VERSION: releaseVersion,
          SCHEMA_IMAGE: schemaImage,
          MOUNT_POINT: mountPoint,
          DATA_DIRECTORY: dataDirectory,
          RESTORE_DIR,
        },
        secrets: {
          database_password: database.password,
          ...(database.admin && {
            admin_user: database.admin.user,
            admin_password: database.admin.password,
          }),
        },
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
