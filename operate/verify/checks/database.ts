import { type Check, onEachNode } from "../check";

const LOADING = "harbor_ha_schema_load";
const NEEDED = ["project", "user"];

/** The database can be used as Harbor uses it, and holds the whole schema of the release. */
export const database: Check = {
  name: "database",
  judge: onEachNode(["database"], ({ facts }, { declared }) => {
    const { host, port, name, schema } = declared.database;
    const [state, versions = "", tables = ""] = facts.one("database");
    if (state === undefined) return [];
    const there = tables.split(" ");
    const differs = (mark: string, found: string, remedy: string) => [
      { mark, found, declared: `${name} on ${host}:${port} with the schema ${schema}`, remedy },
    ];
    if (state !== "answers") {
      return differs("refused", versions, "mend the database, or database.*; then pulumi up");
    }
    if (there.includes(LOADING) || NEEDED.some((table) => !there.includes(table))) {
      const found = "the schema is not complete";
      return differs(
        "incomplete",
        found,
        "pulumi up --replace '**-schema'; it loads nothing over content",
      );
    }
    if (versions !== schema) {
      const found = `the schema is ${versions || "of no version"}`;
      return differs("schema", found, 'see "Moving to another release" in docs/operations.md');
    }
    return [];
  }),
};
