/** Long fault runs on the lab; not part of CI (docs/lab.md). */
module.exports = {
  ...require("./jest.lab.config.js"),
  testMatch: ["<rootDir>/tests/faults/**/*.test.ts"],
};
