import { CLIENT_DAEMON } from "../../lab/client";
import { checkDaemonSettings } from "../../lab/proof/clients";

const NAME = "hub.example.com";

describe("the client's daemon.json", () => {
  const before = JSON.parse(CLIENT_DAEMON) as Record<string, unknown>;
  const plain = { url: new URL(`http://${NAME}:8070`) };
  const withRegistries = (...registries: string[]) =>
    JSON.stringify({ ...before, "insecure-registries": registries });

  test("has the registry beside what was there, over HTTP", () => {
    const both = withRegistries(`${NAME}:8070`, "old.example.com:5000");
    expect(() => checkDaemonSettings(both, plain)).not.toThrow();
    expect(() => checkDaemonSettings(CLIENT_DAEMON, plain)).toThrow("insecure-registries");
    const alone = withRegistries(`${NAME}:8070`);
    expect(() => checkDaemonSettings(alone, plain)).toThrow("insecure-registries");
  });

  test("is as it was, over HTTPS", () => {
    const secure = { url: new URL(`https://${NAME}:8070`) };
    expect(() => checkDaemonSettings(CLIENT_DAEMON, secure)).not.toThrow();
    const both = withRegistries("old.example.com:5000", `${NAME}:8070`);
    expect(() => checkDaemonSettings(both, secure)).toThrow("insecure-registries");
  });

  test("a setting that is lost, changed or new is named", () => {
    // What is undefined stands in no JSON.
    const now = JSON.stringify({
      ...before,
      "log-opts": undefined,
      "live-restore": true,
      debug: true,
    });
    const secure = { url: new URL(`https://${NAME}`) };
    expect(() => checkDaemonSettings(now, secure)).toThrow(
      /differs in log-opts, live-restore, debug$/,
    );
  });
});
