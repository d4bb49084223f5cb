import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { processesBelow, readProcess } from "../../support/processes";

/** Secrets by name. */
export type Canaries = Readonly<Record<string, string>>;

// A text this short is found by chance.
const SHORTEST = 8;

/** The names of the secrets that a text has in clear, as base64 or percent-encoded. */
export function foundIn(text: string, canaries: Canaries): readonly string[] {
  return Object.entries(canaries)
    .filter(([, value]) => value.length >= SHORTEST)
    .filter(([, value]) => forms(value).some((form) => text.includes(form)))
    .map(([name]) => name);
}

/** A secret as it is, as lines of JSON have it, encoded for a URL, and as base64 wherever it begins in what is encoded. */
function forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const inside = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      // What shares a group of four with a neighbour is left out.
      .slice(before === 0 ? 0 : 4, -4),
  );
  return [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value), ...inside].filter(
    ({ length }) => length >= SHORTEST,
  );
}

/** Where a secret was seen. */
export interface Sighting {
  readonly secret: string;
  readonly place: string;
}

/** Looks at what the processes below this one are given, until it is stopped. */
export class ProcessWatch {
  private readonly seen = new Map<string, Sighting>();
  private readonly timer: NodeJS.Timeout;

  /** @param mayHave whether a process, by its command line, needs a secret in its environment */
  constructor(
    private readonly canaries: Canaries,
    private readonly mayHave: (secret: string, command: string) => boolean,
  ) {
    this.timer = setInterval(() => {
      this.look();
    }, 15);
  }

  /** Stops, and gives the secrets that processes had where they must not. */
  stop(): readonly Sighting[] {
    clearInterval(this.timer);
    return [...this.seen.values()];
  }

  private look(): void {
    for (const pid of processesBelow(process.pid)) {
      const command = (readProcess(pid, "cmdline") ?? "").replaceAll("\0", " ").trim();
      if (command === "") continue;
      for (const secret of foundIn(command, this.canaries))
        this.add(secret, `arguments of ${short(command)}`);
      for (const secret of foundIn(readProcess(pid, "environ") ?? "", this.canaries)) {
        if (!this.mayHave(secret, command)) this.add(secret, `environment of ${short(command)}`);
      }
    }
  }

  private add(secret: string, place: string): void {
    this.seen.set(`${secret} ${place}`, { secret, place });
  }
}

const short = (command: string): string =>
  command
    .split(" ")
    .map((word) => word.split("/").at(-1) ?? word)
    .join(" ")
    .slice(0, 120);

/** A file that was left behind. */
export interface LeftFile {
  readonly path: string;
  readonly secrets: readonly string[];
}

/** Every file below a folder with the secrets that it has in clear. */
export async function filesBelow(folder: string, canaries: Canaries): Promise<readonly LeftFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return { path, secrets: foundIn(await readFile(path, "latin1"), canaries) };
    }),
  );
}
