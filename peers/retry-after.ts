/** What the headers of an answer say of the time to wait. */
export interface RetryHeaders {
  /** `Retry-After`: seconds, or a date. */
  readonly retryAfter: string | undefined;
  /** `Date`: what the clock of whoever answers shows; this machine's may show something else. */
  readonly date: string | undefined;
}

/** How long an answer asks to wait, in milliseconds; undefined when it does not, or in words that are not understood. */
export function retryAfterMs({ retryAfter, date }: RetryHeaders, now: number): number | undefined {
  if (retryAfter === undefined) return undefined;
  const seconds = Number(retryAfter);
  const theirs = Date.parse(date ?? "");
  const wait = Number.isFinite(seconds)
    ? seconds * 1000
    : Date.parse(retryAfter) - (Number.isNaN(theirs) ? now : theirs);
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
