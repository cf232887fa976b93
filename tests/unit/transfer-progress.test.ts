import { TransferProgress } from "../../transfer-progress";

const MB = 1e6;
let lines: string[];
let time: number;
const progress = (size: number | undefined, before = 0) =>
  new TransferProgress(
    size,
    before,
    (line) => lines.push(line),
    () => time,
  );
beforeEach(() => {
  lines = [];
  time = 0;
});

test("a line comes every two seconds, with the speed since the last one", () => {
  const transfer = progress(800 * MB);
  for (time = 500; time <= 4500; time += 500) transfer.add((time <= 2000 ? 20 : 50) * MB);
  expect(lines).toEqual(["80 of 800 MB (10 %), 40 MB/s", "280 of 800 MB (35 %), 100 MB/s"]);
});

test("what was there before counts for the whole, not for the speed", () => {
  const transfer = progress(800 * MB, 400 * MB);
  time = 2000;
  transfer.add(10 * MB);
  time = 4000;
  transfer.end();
  expect(lines).toEqual(["410 of 800 MB (51 %), 5.0 MB/s", "10 MB in 4 s, 2.5 MB/s"]);
});

test("a size that nobody says is left out", () => {
  const transfer = progress(undefined);
  time = 2000;
  transfer.add(100 * MB);
  expect(lines).toEqual(["100 MB, 50 MB/s"]);
});
