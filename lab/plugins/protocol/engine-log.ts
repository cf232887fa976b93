import * as grpc from "@grpc/grpc-js";
import type { EngineClient as Client } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest as Request } from "@pulumi/pulumi/proto/engine_pb";
import type { ResourceLog } from "./provider";

/** The numbers of the protocol's LogSeverity. */
const SEVERITY = { info: 1, warning: 2, error: 3 } as const;

/** The engine's log. Until `address` is known, and without one, lines are dropped. */
export class EngineLog {
  address: string | undefined;
  private client: Promise<{ engine: Client; Request: typeof Request }> | undefined;
  private pending: Promise<void> = Promise.resolve();

  forResource(urn: string): ResourceLog {
    return {
      status: (line) => this.send(urn, SEVERITY.info, line, true),
      warn: (line) => this.send(urn, SEVERITY.warning, line, false),
      error: (line) => this.send(urn, SEVERITY.error, line, false),
    };
  }

  /** Resolves when all lines so far have reached the engine, or could not. */
  flush(): Promise<void> {
    return this.pending;
  }

  private send(urn: string, severity: 1 | 2 | 3, message: string, ephemeral: boolean): void {
    // One after the other: the engine displays lines in the order in which they arrive.
    this.pending = this.pending.then(async () => {
      const connection = await this.connect();
      if (!connection) return;
      const request = new connection.Request();
      request.setUrn(urn);
      request.setSeverity(severity);
      request.setMessage(message);
      request.setEphemeral(ephemeral);
      // A log line that is lost must not fail what it tells about.
      await new Promise<void>((resolve) => connection.engine.log(request, () => resolve()));
    });
  }

  private connect(): Promise<{ engine: Client; Request: typeof Request }> | undefined {
    const address = this.address;
    if (!address) return undefined;
    // Loaded when the first line is sent: a preview sends none.
    this.client ??= Promise.all([
      import("@pulumi/pulumi/proto/engine_grpc_pb.js"),
      import("@pulumi/pulumi/proto/engine_pb.js"),
    ]).then(([services, messages]) => ({
      engine: new services.EngineClient(address, grpc.credentials.createInsecure()),
      Request: messages.LogRequest,
    }));
    return this.client;
  }
}
