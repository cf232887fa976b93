import { type Check, onEachNode } from "../check";
import type { NodeFinding } from "../check";

const MB_PER_GB = 1024;
/** Room for another release's images and what is pushed meanwhile. */
const LEAST = { megabytes: 2 * MB_PER_GB, share: 0.1 };
const MOST_LOGS = 2 * MB_PER_GB;

const gigabytes = (megabytes: number) => `${(megabytes / MB_PER_GB).toFixed(1)} GB`;

/** There is room where Harbor writes, and its logs do not take it. */
export const disk: Check = {
  name: "disk",
  judge: onEachNode(["disk", "logs"], ({ facts }, { declared }) => {
    const { mountPoint, logs } = declared.folders;
    const full = facts.all("disk").flatMap(([path = "", total, free]): NodeFinding[] => {
      const left = Number(free);
      const enough = left >= LEAST.megabytes && left >= LEAST.share * Number(total);
      if (enough) return [];
      return [
        {
          mark: `${gigabytes(left)} free`,
          found: `${gigabytes(left)} of ${gigabytes(Number(total))} are free in ${path}`,
          declared: `at least ${gigabytes(LEAST.megabytes)} and ${LEAST.share * 100} %`,
          remedy:
            path === mountPoint
              ? "give the file system more room, or delete what nobody pulls and collect garbage"
              : "make room, for example by docker image prune",
        },
      ];
    });
    const size = Number(facts.one("logs")[0]);
    const large: NodeFinding[] =
      size > MOST_LOGS
        ? [
            {
              mark: `${gigabytes(size)} logs`,
              found: `${gigabytes(size)} of logs are in ${logs}`,
              declared: `at most ${gigabytes(MOST_LOGS)}`,
              remedy: "delete old logs, and see that the log service's logrotate runs",
            },
          ]
        : [];
    return [...full, ...large];
  }),
};
