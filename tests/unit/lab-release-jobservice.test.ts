import {
  jobserviceRedisUrl,
  parseJobserviceConfig,
} from "../../lab/release/services/1.5/jobservice-config";
import type { Job } from "../../lab/release/services/1.5/job";
import { JobQueue } from "../../lab/release/services/1.5/queue";
import { RedisLists } from "./fixtures/redis-lists";

const CONFIG = `
protocol: "http"
port: 8080
worker_pool:
  workers: 5
  backend: "redis"
  redis_pool:
    redis_url: 192.0.2.1:6379,100,Secret,2
    namespace: "jobs_of_harbor"
logger:
  path: "/var/log/jobs"
  level: "INFO"
  archive_period: 14
admin_server: "http://adminserver:8080/"
`;

describe("the jobservice's config.yml", () => {
  it("is read", () => {
    expect(parseJobserviceConfig(CONFIG, {})).toEqual({
      port: 8080,
      workers: 5,
      redis: { host: "192.0.2.1", port: 6379, password: "Secret", database: 2 },
      namespace: "jobs_of_harbor",
      logFolder: "/var/log/jobs",
      adminserver: "http://adminserver:8080",
    });
  });

  it("gives way to the environment", () => {
    const env = {
      JOB_SERVICE_POOL_REDIS_URL: "redis://any:Secret%2F2@redis.example.com:6380/3",
      JOB_SERVICE_POOL_WORKERS: "9",
      ADMINSERVER_URL: "http://other:8080",
    };
    expect(parseJobserviceConfig(CONFIG, env)).toMatchObject({
      workers: 9,
      redis: { host: "redis.example.com", port: 6380, password: "Secret/2", database: 3 },
      adminserver: "http://other:8080",
    });
  });

  it.each([
    ["redis:6379", "redis://redis:6379"],
    ["192.0.2.1:6379", "redis://192.0.2.1:6379"],
    ["192.0.2.1:6379,100,Secret,2", "redis://arbitrary_username:Secret@192.0.2.1:6379/2"],
    ["192.0.2.1:6379,100,,", "redis://192.0.2.1:6379"],
    ["redis://any:Secret@name:6379/1", "redis://any:Secret@name:6379/1"],
    // As in the real one: the commas of a name are not read.
    ["redis.example.com:6379,100,Secret,0", "redis://redis.example.com:6379,100,Secret,0"],
  ])("makes a URL of %s", (text, url) => {
    expect(jobserviceRedisUrl(text)).toBe(url);
  });

  it("cannot use a host name with a password in commas, and does not show the password", () => {
    const config = CONFIG.replace("192.0.2.1", "redis.example.com");
    const read = (): unknown => parseJobserviceConfig(config, {});
    expect(read).toThrow("redis_url has no host and port");
    expect(read).not.toThrow("Secret");
  });

  it("does not show its lines when it is not YAML", () => {
    const broken = CONFIG.replace("    namespace", "  namespace: [");
    const read = (): unknown => parseJobserviceConfig(broken, {});
    expect(read).toThrow();
    expect(read).not.toThrow("Secret");
  });

  it.each([
    ["protocol", /protocol: .*\n/, ""],
    ["port", "8080\nworker", "0\nworker"],
    ["backend", / *backend: .*\n/, ""],
    ["redis_url", / *redis_url: .*\n/, ""],
    ["namespace", / *namespace: .*\n/, ""],
    ["path", / *path: .*\n/, ""],
  ])("needs a %s", (name, from, to) => {
    expect(() => parseJobserviceConfig(CONFIG.replace(from, to), {})).toThrow(name);
  });
});

describe("job queue", () => {
  let now = 1_000;
  const redis = new RedisLists();
  const queue = (pool: string): JobQueue => new JobQueue(redis.commands, "ns", pool, () => now);
  const job = (id: string): Job => ({
    id,
    name: "IMAGE_TRANSFER",
    parameters: { repository: `library/${id}` },
    statusHook: `http://ui/${id}`,
    enqueuedAt: now,
  });
  const running = (pool: string): number =>
    redis.lists.get(`ns:jobs:IMAGE_TRANSFER:${pool}:inprogress`)?.length ?? 0;

  beforeEach(() => {
    now = 1_000;
    redis.lists.clear();
  });

  it("gives each job to one pool, the oldest first", async () => {
    await queue("a").add(job("1"));
    await queue("b").add(job("2"));
    expect((await queue("b").take())?.job).toEqual(job("1"));
    expect((await queue("a").take())?.job).toEqual(job("2"));
    expect(await queue("a").take()).toBeUndefined();
  });

  it("knows a job's status until the end", async () => {
    await queue("a").add(job("3"));
    expect(await queue("b").stats("3")).toMatchObject({ status: "Pending", enqueue_time: "1000" });
    const taken = await queue("a").take();
    await queue("a").finish(taken!, "Success");
    expect(await queue("b").stats("3")).toMatchObject({ status: "Success" });
    expect(running("a")).toBe(0);
    expect(await queue("a").stats("unknown")).toBeUndefined();
  });

  it("leaves a running job to its pool when another jobservice starts", async () => {
    await queue("a").beat(now, 3);
    await queue("a").add(job("4"));
    await queue("a").take();
    now += 200;
    await queue("b").beat(now, 3);
    expect(await queue("b").reap()).toBe(0);
    expect(await queue("b").take()).toBeUndefined();
    expect(running("a")).toBe(1);
  });

  it("takes over the jobs of a pool that has been silent for more than five minutes", async () => {
    await queue("a").beat(now, 3);
    await queue("a").add(job("5"));
    await queue("a").take();
    now += 301;
    await queue("b").beat(now, 3);
    expect((await queue("b").pools()).map(({ status }) => status)).toEqual(["Dead", "Healthy"]);
    expect(await queue("b").reap()).toBe(1);
    expect((await queue("b").take())?.job.id).toBe("5");
    expect(await queue("b").pools()).toHaveLength(1);
  });

  it("forgets a pool that ends", async () => {
    await queue("c").beat(now, 2);
    expect((await queue("c").pools()).some((pool) => pool.worker_pool_id === "c")).toBe(true);
    await queue("c").leave();
    expect((await queue("c").pools()).some((pool) => pool.worker_pool_id === "c")).toBe(false);
  });
});
