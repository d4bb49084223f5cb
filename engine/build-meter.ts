import type { Progress } from "./engine";

const TELL_EVERY_MS = 10_000;

/** Turns the chatter of the Go command into one line of progress every ten seconds. */
export class BuildMeter {
  private readonly started = Date.now();
  private readonly timer: NodeJS.Timeout;
  private doing = "";
  private total: number | undefined;
  private modules = 0;
  private packages = 0;

  constructor(
    private readonly subject: string,
    private readonly progress: Progress,
    everyMs = TELL_EVERY_MS,
  ) {
    this.timer = setInterval(() => {
      this.tell();
    }, everyMs);
  }

  /** Begins a stage of the work; `total` is the number of packages it goes through, where known. */
  stage(doing: string, total?: number): void {
    this.doing = doing;
    this.total = total;
    this.packages = 0;
    this.tell();
  }

  /** Counts one line printed by the Go command. */
  line(line: string): void {
    if (line.startsWith("go: downloading ")) this.modules++;
    else if (/^[\w.\-/]+$/.test(line)) this.packages++;
  }

  /** Ends the reporting. */
  stop(): void {
    clearInterval(this.timer);
  }

  private tell(): void {
    const seconds = Math.round((Date.now() - this.started) / 1000);
    const counts =
      this.total !== undefined
        ? ` (${this.packages} of ${this.total} packages)`
        : this.modules > 0
          ? ` (${this.modules} so far)`
          : "";
    this.progress(`  ${this.subject}: ${this.doing}${counts}, ${seconds} s`);
  }
}
