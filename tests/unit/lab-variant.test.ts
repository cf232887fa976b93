import { chooseVariant, FIRST_VARIANT, type Variant, variantText } from "../../lab/variant";

const OTHER: Variant = { release: { standIn: "1.5.3" }, https: true, airGapped: true };

describe("choosing a variant", () => {
  test("what is not asked for stays as it is", () => {
    expect(chooseVariant({}, FIRST_VARIANT)).toEqual(FIRST_VARIANT);
    expect(chooseVariant({}, OTHER)).toEqual(OTHER);
    expect(chooseVariant({ release: "1.5.4" }, OTHER)).toEqual({
      ...OTHER,
      release: { standIn: "1.5.4" },
    });
    expect(chooseVariant({ http: true, online: true }, OTHER)).toEqual({
      ...OTHER,
      https: false,
      airGapped: false,
    });
  });

  test.each([
    ["1.1", "1.1.3"],
    ["1.5", "1.5.4"],
    ["v1.5.3", "1.5.3"],
  ])("release %s is %s", (release, standIn) => {
    expect(chooseVariant({ release }, FIRST_VARIANT).release).toEqual({ standIn });
  });

  test("a real installer takes the stand-in's place, and stays until another is named", () => {
    const real = chooseVariant({ installer: "/srv/harbor.tgz" }, OTHER);
    expect(real).toEqual({ ...OTHER, release: { installer: "/srv/harbor.tgz" } });
    expect(chooseVariant({ http: true }, real).release).toEqual(real.release);
    expect(chooseVariant({ release: "1.1" }, real).release).toEqual({ standIn: "1.1.3" });
  });

  test.each(["1.6", "1.5.9", "1", "1.5.", "newest", ""])("there is no release %j", (release) => {
    expect(() => chooseVariant({ release }, FIRST_VARIANT)).toThrow(
      `--release ${release}: there are stand-ins of 1.1.2, 1.1.3, 1.5.3, 1.5.4`,
    );
  });

  test("everything that is wrong is one error", () => {
    const asked = { release: "1.9", installer: "x.tgz", https: true, http: true };
    expect(() => chooseVariant({ ...asked, "air-gapped": true, online: true }, OTHER)).toThrow(
      [
        "--release and HARBOR_INSTALLER name two releases; give one of them",
        "--https and --http exclude each other",
        "--air-gapped and --online exclude each other",
      ].join("\n"),
    );
    expect(() => chooseVariant({ release: "1.9", https: true, http: true }, OTHER)).toThrow(
      /--release 1\.9: .*\n--https and --http/,
    );
  });

  test("a variant is said in words", () => {
    expect(variantText(FIRST_VARIANT)).toBe("Harbor 1.1.2 over HTTP, online");
    expect(variantText(OTHER)).toBe("Harbor 1.5.3 over HTTPS, air-gapped");
  });
});
