import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

/**
 * The secrets that must be the same on every node, made once and kept in the stack's state. Losing
 * the secret key makes what it encrypted in the database unreadable.
 */
export class SharedSecrets extends pulumi.ComponentResource {
  /** Encrypts passwords in the database; exactly 16 characters (goharbor/harbor#11166). */
  readonly secretkey: pulumi.Output<string>;
  /** By which the services know each other. */
  readonly uiSecret: pulumi.Output<string>;
  readonly jobserviceSecret: pulumi.Output<string>;
  /** With the settings it makes the key with which releases that have one read them anew. */
  readonly reloadKey: pulumi.Output<string>;
  /** The administrator's password at the first start; later it is changed in the web page. */
  readonly adminPassword: pulumi.Output<string>;

  /**
   * @param protect whether the engine refuses to delete or replace them
   * @param secretkey the key of an installation that is there already; one is made otherwise
   */
  constructor(
    name: string,
    protect: boolean,
    secretkey: pulumi.Input<string> | undefined,
    options: pulumi.ComponentResourceOptions,
  ) {
    super("harbor-ha:index:SharedSecrets", name, {}, options);
    const password = (id: string, length: number, minimum = 0) =>
      pulumi.secret(
        new random.RandomPassword(
          id,
          // Letters and digits alone: they stand in env and INI files.
          { length, special: false, minLower: minimum, minUpper: minimum, minNumeric: minimum },
          { parent: this, protect },
        ).result,
      );
    this.secretkey = secretkey === undefined ? password("secretkey", 16) : pulumi.secret(secretkey);
    this.uiSecret = password("ui-secret", 16);
    this.jobserviceSecret = password("jobservice-secret", 16);
    this.reloadKey = password("reload-key", 16);
    // Harbor asks for 8 to 20 characters with a capital, a small letter and a digit.
    this.adminPassword = password("admin-password", 20, 1);
    this.registerOutputs();
  }
}
