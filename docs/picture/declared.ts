import * as pulumi from "@pulumi/pulumi";
import { HarborCluster, type HarborClusterArgs } from "../../components/harbor-cluster";
import { type ReadCommand, readCommand } from "../../host/read-command";

/** What the program would ask the engine for, as a preview shows it: nothing in it is secret. */
export interface Declared {
  /** `http://hub.example.com:8070` */
  readonly url: string;
  readonly records: readonly { readonly address: string; readonly ttl: number }[];
  readonly nodes: readonly { readonly name: string; readonly address: string }[];
  /** Every step on every host, read from its command's text. */
  readonly steps: readonly ReadCommand[];
}

function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => output.apply(resolve as never));
}

/** The program's own component, declared to an engine that answers nothing, as in a preview. */
export async function declared(args: HarborClusterArgs): Promise<Declared> {
  const texts: string[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => {
        const { create } = inputs as { readonly create?: unknown };
        if (typeof create === "string") texts.push(create);
        return { id: name, state: {} };
      },
      call: ({ token }) => {
        throw new Error(`nothing is asked of a provider in a preview: ${token}`);
      },
    },
    "harbor-ha",
    "prod",
    true,
  );
  const cluster = new HarborCluster("harbor", args);
  await pulumi.runtime.disconnect();
  return {
    url: await known(cluster.url),
    records: await known(cluster.dnsRecords),
    nodes: await known(cluster.nodes),
    steps: texts.map(readCommand).filter((step) => step !== undefined),
  };
}
