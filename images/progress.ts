/** How far the push of an image is. */
export interface PushProgress {
  /** `backend` or `launcher`. */
  readonly image: string;
  /**
   * Bytes that were sent of those the registry lacked, to a tenth of a megabyte, or of a kilobyte. Of the first push into a repository, which
   * begins before anybody knows the compressed size: bytes of the image as it is in the archive.
   */
  readonly sentBytes: number;
  readonly totalBytes: number;
}

const UNITS = { kB: 1_000, MB: 1_000_000 } as const;

/** The line that `pulumi up` shows in the row of the push: `backend: 16.4 of 164.2 MB pushed`. */
export const progressLine = (progress: PushProgress): string =>
  `${progress.image}: ${amount(progress)} pushed`;

/** `16.4 of 164.2 MB`. */
export function amount({ sentBytes, totalBytes }: PushProgress): string {
  const unit = totalBytes < UNITS.MB ? "kB" : "MB";
  const inUnit = (bytes: number): string => (bytes / UNITS[unit]).toFixed(1);
  return `${inUnit(sentBytes)} of ${inUnit(totalBytes)} ${unit}`;
}

/** Reads such a line, which the engine may have put marks of colour around; undefined when it is another one. */
export function readProgressLine(line: string): PushProgress | undefined {
  const [, image, sent, total, unit] = /(\w+): ([\d.]+) of ([\d.]+) (kB|MB) pushed/.exec(line) ?? [];
  if (image === undefined) return undefined;
  const bytes = (text: string | undefined): number =>
    Math.round(Number(text) * UNITS[unit === "kB" ? "kB" : "MB"]);
  return { image, sentBytes: bytes(sent), totalBytes: bytes(total) };
}

/** A text without such lines: the provider puts all that a push has said before its error. */
export const withoutProgress = (text: string): string =>
  text
    .split("\n")
    .filter((line) => readProgressLine(line) === undefined)
    .join("\n");

/** Lines for a whole push: they are part of the error text of one that fails. */
const STEPS = 20;

/** Tells how far a push is, in twenty steps. */
export function progressMeter(
  image: string,
  tell: (progress: PushProgress) => void,
): (sentBytes: number, totalBytes: number) => void {
  let told = 0;
  return (sentBytes, totalBytes) => {
    const step = Math.floor((sentBytes / totalBytes) * STEPS);
    if (step <= told) return;
    told = step;
    tell({ image, sentBytes, totalBytes });
  };
}
