import { parseCookies } from "../../lab/release/services/cookie";
import { hasSecret, secretCookie, secretHeader } from "../../lab/release/services/secret";
import { parseBasic } from "../../lab/release/services/ui/authentication";
import { parseNotification } from "../../lab/release/services/ui/notifications";
import { hashPassword } from "../../lab/release/services/ui/password";
import { parseRedisUrl } from "../../lab/release/services/redis-url";
import {
  MemoryStore,
  sessionCookie,
  sessionId,
  Sessions,
} from "../../lab/release/services/ui/sessions";

describe("cookies", () => {
  it("are read by name, the first value counting", () => {
    const cookies = parseCookies('a=1; b="two"; a=3; broken; =x; c=d=e');
    expect([...cookies]).toEqual([
      ["a", "1"],
      ["b", "two"],
      ["c", "d=e"],
    ]);
    expect(parseCookies(undefined).size).toBe(0);
  });
});

describe("service secrets", () => {
  it.each([
    ["cookie", secretCookie, { cookie: "x=1; secret=right" }],
    ["header", secretHeader, { authorization: "Harbor-Secret right" }],
  ])("let a service in by its %s only", (_, carrier, headers) => {
    expect(hasSecret(carrier, headers, ["other", "right"])).toBe(true);
    expect(hasSecret(carrier, headers, ["wrong"])).toBe(false);
    const sent = Object.entries(carrier.put("")).map(([name, value]) => [
      name.toLowerCase(),
      value,
    ]);
    const nothing = Object.fromEntries(sent) as Record<string, string>;
    expect(hasSecret(carrier, nothing, [""])).toBe(false);
    expect(hasSecret(carrier, {}, ["right"])).toBe(false);
  });

  it("do not take one carrier for the other", () => {
    expect(hasSecret(secretHeader, { cookie: "secret=right" }, ["right"])).toBe(false);
    expect(hasSecret(secretCookie, { authorization: "Harbor-Secret right" }, ["right"])).toBe(
      false,
    );
    expect(hasSecret(secretHeader, { authorization: "Basic right" }, ["right"])).toBe(false);
  });
});

describe("sessions", () => {
  it("go by the cookie that they set", async () => {
    const sessions = new Sessions(new MemoryStore());
    const id = await sessions.start(7, "dev");
    const cookie = sessionCookie(id);
    expect(cookie).toMatch(/^beegosessionID=[0-9a-f]{32}; Path=\/; HttpOnly$/);
    const sent = cookie.split(";")[0];
    expect(await sessions.userId(`lang=en; ${sent}`)).toBe(7);
    await sessions.end(sent);
    expect(await sessions.userId(sent)).toBeUndefined();
  });

  it("are not shared by two memory stores", async () => {
    const id = await new Sessions(new MemoryStore()).start(7, "dev");
    const other = new Sessions(new MemoryStore());
    expect(await other.userId(`beegosessionID=${id}`)).toBeUndefined();
  });

  it("end after an hour", async () => {
    jest.useFakeTimers();
    const store = new MemoryStore();
    await store.set("id", "value");
    jest.advanceTimersByTime(3_599_000);
    expect(await store.get("id")).toBe("value");
    jest.advanceTimersByTime(2_000);
    expect(await store.get("id")).toBeNull();
    jest.useRealTimers();
  });

  it("have no id that we did not make", () => {
    expect(sessionId("beegosessionID=../../x")).toBeUndefined();
    expect(sessionId(undefined)).toBeUndefined();
    expect(sessionCookie()).toContain("Max-Age=0");
  });
});

describe("_REDIS_URL", () => {
  it.each([
    [
      "redis:6379,50,pass word,2",
      { host: "redis", port: 6379, password: "pass word", database: 2 },
    ],
    ["redis:6379", { host: "redis", port: 6379, password: undefined, database: 0 }],
    ["r:1,,,", { host: "r", port: 1, password: undefined, database: 0 }],
    ["r:1,100,p@s/s:%,0", { host: "r", port: 1, password: "p@s/s:%", database: 0 }],
    // The format cannot hold a comma in a password.
    ["r:1,100,a,b,3", { host: "r", port: 1, password: "a", database: 0 }],
  ])("%s", (text, expected) => {
    expect(parseRedisUrl(text)).toEqual(expected);
  });

  it("needs a host and a port", () => {
    expect(() => parseRedisUrl("redis")).toThrow("host:port");
    expect(() => parseRedisUrl("")).toThrow("host:port");
  });
});

describe("credentials", () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString("base64")}`;

  it("are read from basic authentication", () => {
    expect(parseBasic(basic("admin:a:b"))).toEqual({ name: "admin", password: "a:b" });
    expect(parseBasic(basic("admin:"))).toEqual({ name: "admin", password: "" });
    expect(parseBasic(basic("admin"))).toBeUndefined();
    expect(parseBasic("Bearer abc")).toBeUndefined();
    expect(parseBasic(undefined)).toBeUndefined();
  });

  it("are stored as salted PBKDF2", async () => {
    // RFC 6070: 4096 rounds over "password" and "salt"; its 20 bytes begin with these 16.
    expect(await hashPassword("password", "salt")).toBe("4b007901b765489abead49d926f721d0");
  });
});

describe("notifications", () => {
  const manifest = "application/vnd.docker.distribution.manifest.v2+json";
  const event = (action: string, mediaType: string): object => ({
    action,
    target: { mediaType, repository: "library/x", tag: "v1" },
    actor: { name: "admin" },
  });

  it("tell of manifests pushed and pulled", () => {
    const events = [
      event("push", manifest),
      event("pull", manifest),
      event("push", "application/octet-stream"),
      event("delete", manifest),
    ];
    expect(parseNotification(JSON.stringify({ events }))).toEqual([
      { action: "push", repository: "library/x", tag: "v1", actor: "admin" },
      { action: "pull", repository: "library/x", tag: "v1", actor: "admin" },
    ]);
  });

  it("name nobody where nobody is named", () => {
    const events = [{ ...event("pull", manifest), actor: {} }];
    expect(parseNotification(JSON.stringify({ events }))[0]?.actor).toBe("anonymous");
    expect(parseNotification("{}")).toEqual([]);
    expect(() => parseNotification("<")).toThrow();
  });
});
