import * as command from "@pulumi/command";
import * as random from "@pulumi/random";
import * as tls from "@pulumi/tls";

/** The least program that loads the same three providers: one resource of each, no host. */
export = () => {
  new random.RandomString("text", { length: 8 });
  new tls.PrivateKey("key", { algorithm: "ED25519" });
  new command.remote.Command("nothing", { connection: { host: "192.0.2.1" } });
  return Promise.resolve({});
};
