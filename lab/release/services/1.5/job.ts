/** The names of the jobs that the jobservice knows. */
export const IMAGE_TRANSFER = "IMAGE_TRANSFER";
export const JOB_NAMES = [IMAGE_TRANSFER, "IMAGE_DELETE"] as const;

export type JobStatus = "Pending" | "Running" | "Success" | "Error";

export interface Job {
  readonly id: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Where each change of the status is told; empty: nowhere. */
  readonly statusHook: string;
  /** Seconds since 1970. */
  readonly enqueuedAt: number;
}
