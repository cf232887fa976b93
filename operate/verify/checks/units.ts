import { type Check, onEachNode, redo } from "../check";

/** What brings Harbor up after a reboot is enabled, and runs. */
export const units: Check = {
  name: "units",
  judge: onEachNode(["unit"], ({ facts, name }, { declared }) =>
    declared.units.flatMap((unit) => {
      const [, enabled = "", active = ""] = facts.all("unit").find(([of]) => of === unit) ?? [];
      if (enabled === "enabled" && active === "active") return [];
      const there = enabled !== "" && enabled !== "not-found";
      return {
        mark: there
          ? `${unit.replace(/\.\w+$/, "")} ${enabled === "enabled" ? active : enabled}`
          : `no ${unit}`,
        found: there ? `${unit} is ${enabled} and ${active}` : `there is no ${unit}`,
        declared: `${unit} is enabled and active`,
        remedy: there ? `on the node: systemctl enable --now ${unit}` : redo(name, "start"),
      };
    }),
  ),
};
