import * as grpc from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import { EngineLog } from "./engine-log";
import type { Plugin } from "./provider";
import { service } from "./service";

/** The engine sends a whole file's text in one message; gRPC's own limit is 4 MB. */
const MESSAGE_LIMIT_BYTES = 400 * 1024 * 1024;

/**
 * Serves a plugin to the engine on a port of its own choosing on loopback, and resolves to that port.
 * @param engineAddress Where the engine takes log lines, as it gives it to a plugin it starts.
 */
export async function serve(
  plugin: Plugin,
  version: string,
  engineAddress: string | undefined,
): Promise<number> {
  const log = new EngineLog();
  log.address = engineAddress;
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MESSAGE_LIMIT_BYTES,
    "grpc.max_send_message_length": MESSAGE_LIMIT_BYTES,
  });
  server.addService(
    // The generated description is a value whose type says `any` for messages; it is the SDK's own.
    ResourceProviderService,
    service(plugin, version, log) as grpc.UntypedServiceImplementation,
  );
  return new Promise((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, port) =>
      error ? reject(error) : resolve(port),
    );
  });
}
