import type { DnsRoundRobin } from "../../components/dns-round-robin";
import { healthTimer } from "../../components/health-timer";

const redis = {
  host: "192.0.2.41",
  port: 6379,
  password: "Secret-redis",
  database: 2,
  poolSize: 9,
};
const timer = (healthChecks: boolean, cluster = "harbor-ha/prod hub.example.com") =>
  healthTimer({ dns: { healthChecks } as DnsRoundRobin, cluster, redis });

test("nodes that look after the records know where their leases are", () => {
  const { parameters, secrets } = timer(true);
  expect(parameters).toEqual({
    HEALTH_CHECKS: true,
    LEASES: expect.stringMatching(/^harbor-ha:[0-9a-f]{12}$/) as string,
    REDIS_HOST: "192.0.2.41",
    REDIS_PORT: 6379,
    REDIS_DATABASE: 2,
  });
  expect(secrets).toEqual({ redis_password: "Secret-redis" });
});

test("clusters that share one Redis do not share their leases", () => {
  expect(timer(true).parameters["LEASES"]).toBe(timer(true).parameters["LEASES"]);
  expect(timer(true).parameters["LEASES"]).not.toBe(timer(true, "other").parameters["LEASES"]);
});

test("without health checks a node learns nothing of Redis by them", () => {
  expect(timer(false)).toEqual({ parameters: { HEALTH_CHECKS: false }, secrets: {} });
});
