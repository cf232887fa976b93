/** What a node said of itself: fields by the fact's name, in the order in which they came. */
export class Facts {
  private readonly found = new Map<string, (readonly string[])[]>();
  private readonly reasons = new Map<string, string>();

  /**
   * @param text Lines of a name, `known` and fields, or a name, `unknown` and the reason, with tabs
   *   between them. Lines of another form are passed over: a killed look may leave half of one.
   */
  constructor(text: string) {
    for (const line of text.split("\n")) {
      const [name, state, ...fields] = line.split("\t");
      if (!name) continue;
      if (state === "known") this.found.set(name, [...this.all(name), fields]);
      if (state === "unknown") this.reasons.set(name, fields[0] ?? "");
    }
  }

  /** The fields of every fact of a name. */
  all(name: string): readonly (readonly string[])[] {
    return this.found.get(name) ?? [];
  }

  /** The fields of a fact that there is once; empty where it is not known. */
  one(name: string): readonly string[] {
    return this.all(name)[0] ?? [];
  }

  /** Why a fact, or the rest of those with this name, is not known; undefined where it is. */
  unknown(name: string): string | undefined {
    return this.reasons.get(name) ?? (this.found.has(name) ? undefined : "the node did not say it");
  }
}
