import { shell } from "./fixtures/shell";

test("a gate that fails says why, though there is no log to be shown", async () => {
  const { status, stderr } = await shell({
    parts: ["prelude", "gate"],
    text: 'check_node() { echo "containers: log has none"; return 1; }\nwait_for_gate',
    environment: { HEALTH_TIMEOUT: "0", LOG_DIR: "/nowhere/harbor" },
  });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: "hub1: the health gate failed after 0 s: containers: log has none\n",
  });
});
