import { internalNames, noProxy, type Direct } from "../../release/no-proxy";
import { ReleaseError } from "../../release/release-error";
import { releaseFiles } from "./fixtures/releases";

const DIRECT: Direct = {
  services: ["ui", "harbor-ui", "registry"],
  hostname: "hub.example.com:8070",
  databaseHost: "db.example.com",
  redisHost: "192.0.2.21",
  monitors: ["ceph1.example.com:6789", "ceph2.example.com", "[2001:db8::1]:3300", "2001:db8::2"],
  extra: [" .corp.example.com ", "10.0.0.0/8", "mirror.example.com:5000", "ui", ""],
};

test("everything that is reached directly, each once and without ports, in this order", () => {
  expect(noProxy(DIRECT).split(",")).toEqual([
    "localhost",
    "127.0.0.1",
    "::1",
    "ui",
    "harbor-ui",
    "registry",
    "hub.example.com",
    "db.example.com",
    "192.0.2.21",
    "ceph1.example.com",
    "ceph2.example.com",
    "2001:db8::1",
    "2001:db8::2",
    ".corp.example.com",
    "10.0.0.0/8",
    "mirror.example.com",
  ]);
});

test("containers know each other by the names of services and of containers", () => {
  const compose = `services:
  log: {image: x, container_name: harbor-log}
  registry: {image: x, container_name: registry}
  ui: {image: x}
`;
  expect(internalNames(compose)).toEqual(["log", "harbor-log", "registry", "ui"]);
});

test("a release's own file gives every service of it", () => {
  expect(internalNames(releaseFiles("late-release").get("docker-compose.yml")!)).toEqual([
    "log",
    "registry",
    "mysql",
    "redis",
    "adminserver",
    "ui",
    "jobservice",
    "proxy",
  ]);
});

test("a file that is none is an error for the person", () => {
  expect(() => internalNames("services: [")).toThrow(ReleaseError);
  expect(() => internalNames("version: '2'")).toThrow(ReleaseError);
});
