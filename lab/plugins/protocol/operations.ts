import { diffInputs, type Change } from "./diff";
import type { CheckFailure, Created, Plugin, ResourceLog, ResourceType } from "./provider";
import { reveal, revealAll, secret, UNKNOWN, type Properties } from "./values";

const tokenOf = (urn: string) => urn.split("::")[2]?.split("$").pop() ?? "";
const nameOf = (urn: string) => urn.split("::").slice(3).join("::");

/** A plugin's operations as the engine asks for them: secret marks, unknown values, previews. */
export class Operations {
  constructor(private readonly plugin: Plugin) {}

  private type(urn: string): ResourceType {
    const found = this.plugin.types[tokenOf(urn)];
    if (found) return found;
    throw new Error(`the lab's ${this.plugin.name} plugin has no resource type ${tokenOf(urn)}`);
  }

  check(urn: string, news: Properties): { inputs: Properties; failures: CheckFailure[] } {
    const type = this.type(urn);
    const inputs = type.defaults?.(news) ?? news;
    return { inputs, failures: type.check?.(revealAll(inputs)) ?? [] };
  }

  diff(urn: string, olds: Properties, state: Properties, news: Properties): Map<string, Change> {
    const type = this.type(urn);
    const changes = diffInputs(revealAll(olds), revealAll(news), type.replaceOn);
    const outdated = type.outdated?.(revealAll(state), revealAll(news));
    if (outdated) changes.set(outdated, { kind: "update", replace: true });
    return changes;
  }

  async create(
    urn: string,
    inputs: Properties,
    preview: boolean,
    log: ResourceLog,
  ): Promise<Created> {
    const type = this.type(urn);
    if (preview) {
      const unknown = Object.fromEntries(type.computed.map((key) => [key, UNKNOWN]));
      return { id: "", outputs: this.mark(type, { ...inputs, ...unknown }) };
    }
    const created = await type.create(revealAll(inputs), log, nameOf(urn));
    return { id: created.id, outputs: this.mark(type, { ...inputs, ...created.outputs }) };
  }

  async update(
    urn: string,
    state: Properties,
    inputs: Properties,
    preview: boolean,
    log: ResourceLog,
  ): Promise<Properties> {
    const type = this.type(urn);
    const kept = Object.fromEntries(
      type.computed.filter((key) => key in state).map((key) => [key, reveal(state[key] ?? null)]),
    );
    let computed: Properties = kept;
    if (type.update && preview) {
      computed = Object.fromEntries(type.computed.map((key) => [key, UNKNOWN]));
    } else if (type.update) {
      computed = { ...kept, ...(await type.update(revealAll(state), revealAll(inputs), log)) };
    }
    return this.mark(type, { ...inputs, ...computed });
  }

  async delete(urn: string, state: Properties, log: ResourceLog): Promise<void> {
    await this.type(urn).delete?.(revealAll(state), log);
  }

  private mark(type: ResourceType, outputs: Properties): Properties {
    const marked = { ...outputs };
    for (const key of type.secretOutputs) {
      const value = outputs[key];
      if (value !== undefined) marked[key] = secret(value);
    }
    return marked;
  }
}
