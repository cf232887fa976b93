/** Unit and conformance tests: no root, no network, no Docker. The lab has a configuration of its own. */
module.exports = {
  testMatch: ["<rootDir>/tests/unit/**/*.test.ts", "<rootDir>/tests/conformance/**/*.test.ts"],
  transform: { "^.+\\.ts$": "<rootDir>/tests/transform.js" },
  testEnvironment: "node",
  // A hang is ended; how long a test takes on a busy machine says nothing.
  testTimeout: 60 * 1000,
};
