/** How far the push of an image is. */
export interface PushProgress {
  /** `backend` or `launcher`. */
  readonly image: string;
  /**
   * Bytes that were sent of those the registry lacked, to a tenth of a megabyte. Of the first push into a repository, which
   * begins before anybody knows the compressed size: bytes of the image as it is in the archive.
   */
  readonly sentBytes: number;
  readonly totalBytes: number;
}

const MB = 1_000_000;
const megabytes = (bytes: number): string => (bytes / MB).toFixed(1);

/** The line that `pulumi up` shows in the row of the push: `backend: 16.4 of 164.2 MB pushed`. */
export const progressLine = (progress: PushProgress): string =>
  `${progress.image}: ${amount(progress)} pushed`;

/** `16.4 of 164.2 MB`. */
export const amount = ({ sentBytes, totalBytes }: PushProgress): string =>
  `${megabytes(sentBytes)} of ${megabytes(totalBytes)} MB`;

/** Reads such a line, which the engine may have put marks of colour around; undefined when it is another one. */
export function readProgressLine(line: string): PushProgress | undefined {
  const [, image, sent, total] = /(\w+): ([\d.]+) of ([\d.]+) MB pushed/.exec(line) ?? [];
  if (image === undefined) return undefined;
  return { image, sentBytes: Math.round(Number(sent) * MB), totalBytes: Math.round(Number(total) * MB) };
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
