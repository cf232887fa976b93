/** End to end, on the lab: needs root and Docker, and changes the lab (docs/lab.md). */
module.exports = {
  testMatch: ["<rootDir>/tests/lab/**/*.test.ts"],
  transform: { "^.+\\.ts$": "<rootDir>/tests/transform.js" },
  testEnvironment: "node",
  testSequencer: "<rootDir>/tests/lab/story-order.js",
  testTimeout: 20 * 60 * 1000,
  // Each step stands on the one before: after the first failure the rest says nothing.
  bail: 1,
};
