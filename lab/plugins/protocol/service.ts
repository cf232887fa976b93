/**
 * The provider protocol over gRPC, on the SDK's generated messages.
 *
 * `@pulumi/pulumi/provider` has a server of its own, but it drops what these plugins need: it answers
 * no preview (`create` cannot tell one from an update), passes no old inputs to `diff`, returns no
 * detailed differences (so `preview --diff` cannot say what replaces), and gives no way to log on a
 * resource. It also loads the whole SDK, a third of a plugin's start.
 */
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { type IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { EngineLog } from "./engine-log";
import { Operations } from "./operations";
import type { Plugin } from "./provider";
import { checkResponse, diffResponse, read, write } from "./messages";

function answer<Q, A>(handle: (request: Q) => A | Promise<A>): grpc.handleUnaryCall<Q, A> {
  return (call, callback) => {
    Promise.resolve(call.request)
      .then(handle)
      .then(
        (response) => callback(null, response),
        (error: unknown) => {
          const details = error instanceof Error ? error.message : String(error);
          callback({ code: grpc.status.UNKNOWN, details });
        },
      );
  };
}

/** The gRPC service of a plugin; methods left out answer "unimplemented" by gRPC's own means. */
export function service(
  plugin: Plugin,
  version: string,
  log: EngineLog,
): Partial<IResourceProviderServer> {
  const operations = new Operations(plugin);
  return {
    handshake: answer((request: proto.ProviderHandshakeRequest) => {
      log.address = request.getEngineAddress();
      const response = new proto.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      return response;
    }),
    attach: answer((request: { getAddress(): string }) => {
      log.address = request.getAddress();
      return new Empty();
    }),
    getPluginInfo: answer(() => {
      const response = new PluginInfo();
      response.setVersion(version);
      return response;
    }),
    configure: answer(() => {
      const response = new proto.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setSupportspreview(true);
      return response;
    }),
    checkConfig: answer((request: proto.CheckRequest) =>
      checkResponse(read(request.getNews()), []),
    ),
    diffConfig: answer(() => diffResponse(new Map())),
    check: answer((request: proto.CheckRequest) => {
      const { inputs, failures } = operations.check(request.getUrn(), read(request.getNews()));
      return checkResponse(inputs, failures);
    }),
    diff: answer((request: proto.DiffRequest) => {
      const state = read(request.getOlds());
      const olds = request.hasOldInputs() ? read(request.getOldInputs()) : state;
      const news = read(request.getNews());
      for (const key of request.getIgnorechangesList()) {
        if (olds[key] !== undefined) news[key] = olds[key];
      }
      return diffResponse(operations.diff(request.getUrn(), olds, state, news));
    }),
    create: answer(async (request: proto.CreateRequest) => {
      const urn = request.getUrn();
      const inputs = read(request.getProperties());
      const created = await operations
        .create(urn, inputs, request.getPreview(), log.forResource(urn))
        .finally(() => log.flush());
      const response = new proto.CreateResponse();
      response.setId(created.id);
      response.setProperties(write(created.outputs));
      return response;
    }),
    update: answer(async (request: proto.UpdateRequest) => {
      const urn = request.getUrn();
      const [state, inputs] = [read(request.getOlds()), read(request.getNews())];
      const outputs = await operations
        .update(urn, state, inputs, request.getPreview(), log.forResource(urn))
        .finally(() => log.flush());
      const response = new proto.UpdateResponse();
      response.setProperties(write(outputs));
      return response;
    }),
    read: answer((request: proto.ReadRequest) => {
      // None of these resources can be looked up: what is recorded is the truth.
      const response = new proto.ReadResponse();
      response.setId(request.getId());
      response.setProperties(request.getProperties());
      response.setInputs(request.getInputs());
      return response;
    }),
    delete: answer(async (request: proto.DeleteRequest) => {
      const urn = request.getUrn();
      await operations
        .delete(urn, read(request.getProperties()), log.forResource(urn))
        .finally(() => log.flush());
      return new Empty();
    }),
    cancel: answer(() => new Empty()),
  };
}
