const Sequencer = require("@jest/test-sequencer").default;

/** The lab is one, so its stories are told one after another; each leaves nothing behind. */
const STORIES = [
  "lab.test.ts",
  "documentation.test.ts",
  "environments.test.ts",
  "https.test.ts",
  "day-two.test.ts",
  "outages.test.ts",
];

module.exports = class StoryOrder extends Sequencer {
  sort(tests) {
    const place = ({ path }) => STORIES.findIndex((story) => path.endsWith(`/${story}`));
    return [...tests].sort((a, b) => place(a) - place(b));
  }
};
