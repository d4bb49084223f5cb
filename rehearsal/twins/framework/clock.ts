import { setTimeout as pause } from "node:timers/promises";

/** Tells simulated time and lets operations take as long as they would, shortened by a factor. */
export class Clock {
  private elapsedSeconds = 0;
  private readonly startedAt = Date.now();

  /** @param scale - simulated seconds per real second; `Infinity` never waits. */
  constructor(private readonly scale: number = Number.POSITIVE_INFINITY) {
    if (!(scale > 0)) throw new Error(`the clock scale must be positive, got ${scale}`);
  }

  /** Whether time passes at once, so that nobody is ever too early for anything. */
  get isInstant(): boolean {
    return !Number.isFinite(this.scale);
  }

  /** Lets simulated seconds pass; rejects with the reason of the signal when it is aborted. */
  async sleep(seconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (seconds <= 0) return;
    if (!Number.isFinite(this.scale)) {
      this.elapsedSeconds += seconds;
      return;
    }
    await pause((seconds / this.scale) * 1000, undefined, signal === undefined ? {} : { signal });
  }

  /** The simulated moment. */
  now(): Date {
    const real = (Date.now() - this.startedAt) / 1000;
    const passed = Number.isFinite(this.scale) ? real * this.scale : real + this.elapsedSeconds;
    return new Date(this.startedAt + passed * 1000);
  }
}
