import { type Check, onEachNode } from "../check";

/** The session store takes the password that Harbor runs with. */
export const redis: Check = {
  name: "redis",
  judge: onEachNode(["redis"], ({ facts }, { declared }) => {
    const [state, reason = ""] = facts.one("redis");
    if (state === undefined || state === "answers") return [];
    const { host, port } = declared.redis;
    return [
      {
        mark: "refused",
        found: reason,
        declared: `the session store at ${host}:${port}`,
        remedy: "mend Redis, or redis.*; then pulumi up",
      },
    ];
  }),
};
