import fc from "fast-check";
import { setInTemplate, unreadableInEnv } from "../../release/env-file";
import { nearNames } from "../../near-names";
import { literal, substitute, variablesOf } from "../../release/template";

function render(
  text: string,
  values: Record<string, string>,
): { text: string; problems: string[] } {
  const problems: string[] = [];
  const result = substitute(
    text,
    (name) => (Object.hasOwn(values, name) ? values[name] : undefined),
    (what) => problems.push(what),
  );
  return { text: result, problems };
}

test("knows the three forms", () => {
  const { text, problems } = render("$a ${b}c $$a $a_b $$$$", { a: "1", b: "2", a_b: "3" });
  expect(text).toBe("1 2c $a 3 $$");
  expect(problems).toEqual([]);
});

test("does not look for variables in values", () => {
  expect(render("$a", { a: "$b $$ $&" }).text).toBe("$b $$ $&");
});

test("names each variable without a value once, and the line of a lone dollar", () => {
  expect(render("$no\n$no ${other}\n costs 5$ ", {}).problems).toEqual([
    "a lone dollar in line 3",
    "no value for the variable no",
    "no value for the variable other",
  ]);
});

test("takes no value from Object's own properties", () => {
  expect(render("$constructor", {}).problems).toEqual(["no value for the variable constructor"]);
});

test("lists the variables that a text names", () => {
  expect(variablesOf("$b $$c ${a} $b")).toEqual(["b", "a"]);
});

test("a literal renders to itself", () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      expect(render(literal(value), {})).toEqual({ text: value, problems: [] });
    }),
  );
});

describe("env files", () => {
  test("a literal is replaced, a dollar in the value kept", () => {
    expect(setInTemplate("A=1\nAB=2\n", "A", "x$y")).toBe("A=x$$y\nAB=2\n");
  });

  test("a missing line is added, after a line break", () => {
    expect(setInTemplate("A=1", "B", "2")).toBe("A=1\nB=2\n");
    expect(setInTemplate("", "B", "2")).toBe("B=2\n");
  });

  test("a line that asks harbor.cfg is left alone", () => {
    expect(setInTemplate("A=$a\n", "A", "2")).toBe("A=$a\n");
  });

  test.each(["'x", '"x', "a #b"])("docker-compose would not read %j as written", (value) => {
    expect(unreadableInEnv(value)).toBeDefined();
  });

  test.each(["x'y", "a#b", "", "$x"])("docker-compose reads %j as written", (value) => {
    expect(unreadableInEnv(value)).toBeUndefined();
  });
});

test("near names are the likely ones, nearest first", () => {
  const known = ["email_server", "email_server_port", "ldap_searchdn", "auth_mode"];
  expect(nearNames("email_sever", known)).toEqual(["email_server"]);
  expect(nearNames("ldap_search_dn", known)).toEqual(["ldap_searchdn"]);
  expect(nearNames("zzz", known)).toEqual([]);
});
