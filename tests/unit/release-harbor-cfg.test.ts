import fc from "fast-check";
import { HarborCfg, unwritable } from "../../release/harbor-cfg";

const TEXT = `# a comment
first = one
second=two 
Third : three ; gone
; another comment
empty =
quotes = ""
semicolon = a;b
long = begins
  goes on
#commented = 1
# prose = is not a key: it has a blank, yet may be one
REM a remark
url = http://x:1/?a=b
first = again
`;

test("reads keys and values as Python's RawConfigParser does", () => {
  const cfg = HarborCfg.parse(TEXT);
  const keys = ["second", "third", "empty", "quotes", "semicolon", "long", "url", "first"];
  expect(keys.map((key) => cfg.get(key))).toEqual([
    "two",
    "three",
    "",
    "",
    "a;b",
    "begins\ngoes on",
    "http://x:1/?a=b",
    "again",
  ]);
  expect(cfg.get("commented")).toBeUndefined();
});

test("keeps the text it read", () => expect(HarborCfg.parse(TEXT).toString()).toBe(TEXT));

test("knows commented-out keys by name", () => {
  expect(HarborCfg.parse("a = 1\n#b_c = 2\n#If d=e, then\n").knownKeys()).toEqual(["a", "b_c"]);
});

test("sets a key in its place, its continuation lines included", () => {
  const text = HarborCfg.parse(TEXT).with("long", "x").with("second", "2").toString();
  expect(text).toBe(
    TEXT.replace("long = begins\n  goes on", "long = x").replace("second=two ", "second = 2"),
  );
});

test("sets the line that counts of a key that is there twice", () => {
  expect(HarborCfg.parse("a = 1\na = 2\n").with("a", "3").toString()).toBe("a = 1\na = 3\n");
});

test("adds a key at the end, also after a line without an end", () => {
  expect(HarborCfg.parse("#b=2\n").with("b", "1").toString()).toBe("#b=2\nb=1\n");
  expect(HarborCfg.parse("a = 1").with("b", "1").toString()).toBe("a = 1\nb=1\n");
});

test.each(["no value", "[section]", "= x"])("refuses %j, naming the line", (line) => {
  expect(() => HarborCfg.parse(`a = 1\n${line}\n`)).toThrow(/harbor\.cfg line 2/);
});

test("a writable value is read back as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.boolean(), (value, present) => {
      fc.pre(unwritable(value) === undefined);
      const cfg = HarborCfg.parse(present ? "key = x\nz = 1\n" : "z = 1\n").with("key", value);
      expect(cfg.get("key")).toBe(value);
      expect(cfg.get("z")).toBe("1");
    }),
    { numRuns: 500 },
  );
});

test.each(["Secret\nb", " Secret", "Secret ", "Secret ;b", '""', "Secret\u0000"])(
  "%j cannot be written, and is not shown",
  (value) => {
    const why = unwritable(value);
    expect(why).toBeDefined();
    expect(why).not.toContain("Secret");
  },
);
