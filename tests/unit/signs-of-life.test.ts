import { withSignsOfLife } from "../../signs-of-life";

test("work that lasts is told of now and then, and no longer once it has ended", async () => {
  jest.useFakeTimers();
  try {
    const lines: string[] = [];
    let end: (result: string) => void = () => undefined;
    let left = ["hub1", "hub2"];
    const work = withSignsOfLife(
      () => `waiting for ${left.join(", ")}`,
      (line) => lines.push(line),
      () => new Promise<string>((resolve) => (end = resolve)),
    );
    jest.advanceTimersByTime(9_999);
    expect(lines).toEqual([]);
    jest.advanceTimersByTime(1);
    left = ["hub2"];
    jest.advanceTimersByTime(10_000);
    end("done");
    expect(await work).toBe("done");
    jest.advanceTimersByTime(60_000);
    expect(lines).toEqual([
      "waiting for hub1, hub2 (10 s so far)",
      "waiting for hub2 (20 s so far)",
    ]);
  } finally {
    jest.useRealTimers();
  }
});

test("so it is where the work fails", async () => {
  jest.useFakeTimers();
  try {
    const lines: string[] = [];
    const failing = () => Promise.reject(new Error("no SSH"));
    const line = (text: string) => void lines.push(text);
    await expect(withSignsOfLife(() => "waiting", line, failing)).rejects.toThrow("no SSH");
    jest.advanceTimersByTime(60_000);
    expect(lines).toEqual([]);
  } finally {
    jest.useRealTimers();
  }
});
