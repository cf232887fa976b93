/** Values, check results and differences as messages of the protocol. */
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import type { Change } from "./diff";
import type { CheckFailure } from "./provider";
import type { Properties } from "./values";

export const read = (struct: Struct | undefined): Properties => struct?.toJavaScript() ?? {};

// Absent properties are undefined here; a protobuf Struct has no such value.
export const write = (properties: Properties): Struct =>
  Struct.fromJavaScript(
    Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)),
  );

const KINDS = proto.PropertyDiff.Kind;

function propertyDiff({ kind, replace }: Change): proto.PropertyDiff {
  const kinds = {
    add: replace ? KINDS.ADD_REPLACE : KINDS.ADD,
    delete: replace ? KINDS.DELETE_REPLACE : KINDS.DELETE,
    update: replace ? KINDS.UPDATE_REPLACE : KINDS.UPDATE,
  };
  const diff = new proto.PropertyDiff();
  diff.setKind(kinds[kind]);
  diff.setInputdiff(true);
  return diff;
}

export function diffResponse(changes: Map<string, Change>): proto.DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
  const response = new proto.DiffResponse();
  response.setChanges(changes.size > 0 ? DIFF_SOME : DIFF_NONE);
  response.setHasdetaileddiff(true);
  const root = (path: string) => path.replace(/[.[].*$/s, "");
  response.setDiffsList([...new Set([...changes.keys()].map(root))]);
  const replacing = [...changes].filter(([, change]) => change.replace);
  response.setReplacesList([...new Set(replacing.map(([path]) => root(path)))]);
  for (const [path, change] of changes) {
    response.getDetaileddiffMap().set(path, propertyDiff(change));
  }
  return response;
}

export function checkResponse(inputs: Properties, failures: CheckFailure[]) {
  const response = new proto.CheckResponse();
  response.setInputs(write(inputs));
  for (const { property, reason } of failures) {
    const failure = new proto.CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    response.addFailures(failure);
  }
  return response;
}
