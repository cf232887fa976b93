import { type Check, type ClockOffset, type Look, onEachNode } from "../check";

/** A token's "not before" is in the future for a node that is further behind, in milliseconds. */
const LIMIT = 2000;

const middle = ({ least, most }: ClockOffset) => (least + most) / 2;

/** By how much two clocks differ at least, whatever the network took. */
function apart(a: ClockOffset, b: ClockOffset): number {
  return Math.max(0, a.least - b.most, b.least - a.most);
}

/** The clock that the others are judged by: the one in the middle, this machine's among them. */
function reference({ seen }: Look): ClockOffset {
  const own = { least: 0, most: 0 };
  const all = [own, ...seen.flatMap(({ clock }) => clock ?? [])];
  const byDistance = [...all].sort((a, b) => middle(a) - middle(b));
  // Of two in the middle the one that is nearer to this machine's.
  const lower = byDistance[Math.floor((all.length - 1) / 2)]!;
  const upper = byDistance[Math.ceil((all.length - 1) / 2)]!;
  return Math.abs(middle(lower)) <= Math.abs(middle(upper)) ? lower : upper;
}

/** Clocks agree so far that no node takes another's token for one of the future. */
export const clock: Check = {
  name: "clock",
  judge: (look) => {
    const right = reference(look);
    return onEachNode(["clock"], ({ clock: here }) => {
      if (here === undefined || apart(here, right) <= LIMIT) return [];
      const seconds = (middle(here) - middle(right)) / 1000;
      const off = `${Math.abs(seconds).toFixed(1)} s ${seconds > 0 ? "ahead" : "behind"}`;
      return [
        {
          mark: `${seconds > 0 ? "+" : ""}${seconds.toFixed(1)} s`,
          found: `the clock is ${off} of the others'`,
          declared: `at most ${LIMIT / 1000} s, or tokens are refused as not valid yet`,
          remedy: "synchronise the node's clock (chrony, systemd-timesyncd)",
        },
      ];
    })(look);
  },
};
