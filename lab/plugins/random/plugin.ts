import { randomBytes } from "node:crypto";
import type { Plugin, ResourceType } from "../protocol/provider";
import type { Properties } from "../protocol/values";
import { checkCharacters, randomText, withDefaults } from "./characters";

/** No value can change and stay the same value: whatever changes, a new one is made. */
const replaced = { replaceOn: "all", secretOutputs: [] } as const;

/** `bcryptHash` is left out: nothing here reads it, and it would need a library of its own. */
const randomPassword: ResourceType = {
  ...replaced,
  computed: ["result"],
  secretOutputs: ["result"],
  defaults: withDefaults,
  check: checkCharacters,
  create: async (inputs) => ({ id: "none", outputs: { result: randomText(inputs) } }),
};

const randomString: ResourceType = {
  ...replaced,
  computed: ["result"],
  defaults: withDefaults,
  check: checkCharacters,
  create: async (inputs) => {
    const result = randomText(inputs);
    return { id: result, outputs: { result } };
  },
};

function checkSize(property: "length" | "byteLength") {
  return (inputs: Properties) => {
    const size = inputs[property];
    const valid = typeof size !== "number" || (Number.isInteger(size) && size >= 1);
    return valid ? [] : [{ property, reason: `must be a whole number of bytes, got ${size}` }];
  };
}

const randomBytesType: ResourceType = {
  ...replaced,
  computed: ["base64", "hex"],
  secretOutputs: ["base64", "hex"],
  check: checkSize("length"),
  create: async (inputs) => {
    const bytes = randomBytes(inputs["length"] as number);
    return {
      id: "none",
      outputs: { base64: bytes.toString("base64"), hex: bytes.toString("hex") },
    };
  },
};

const randomId: ResourceType = {
  ...replaced,
  computed: ["b64Std", "b64Url", "dec", "hex"],
  check: checkSize("byteLength"),
  create: async (inputs) => {
    const bytes = randomBytes(inputs["byteLength"] as number);
    const prefix = (inputs["prefix"] as string | undefined) ?? "";
    const hex = bytes.toString("hex");
    return {
      id: bytes.toString("base64url"),
      outputs: {
        b64Std: prefix + bytes.toString("base64"),
        b64Url: prefix + bytes.toString("base64url"),
        dec: prefix + BigInt(`0x${hex}`).toString(),
        hex: prefix + hex,
      },
    };
  },
};

export const random: Plugin = {
  name: "random",
  types: {
    "random:index/randomPassword:RandomPassword": randomPassword,
    "random:index/randomString:RandomString": randomString,
    "random:index/randomBytes:RandomBytes": randomBytesType,
    "random:index/randomId:RandomId": randomId,
  },
};
