import semver from "semver";

/** What an operator should know of a release before it is installed. */
export interface ReleaseNote {
  /** With its `v`. */
  readonly release: string;
  /** A sentence. */
  readonly note: string;
}

/**
 * Releases that bring something an operator has to know or do, oldest first. Sources: the vendor's self-hosted changelog up
 * to v4.3.0, and those of {@link ./versions}.
 */
const notes: readonly ReleaseNote[] = [
  {
    release: "v3.1.0",
    note: "Sensitive outputs reach dependent stacks only where the setting of the stack allows it.",
  },
  {
    release: "v3.4.0",
    note: "VCS agents reach private VCS systems through the VCS gateway (`vcsGateway`).",
  },
  { release: "v3.6.0", note: "The dashboard is open to all users. Errors are logged to stdout, as JSON." },
  { release: "v3.7.0", note: "Worker pools can register themselves with an API key (`workers.apiKeyId`)." },
  {
    release: "v3.8.0",
    note: "Role attachments replace the administrative flag of stacks, which is off from 1 June 2026 on.",
  },
  { release: "v4.0.0", note: "Takes over from any v3, without breaking changes." },
  { release: "v4.1.0", note: "Policies may be written in Rego v1; move those there are." },
  {
    release: "v4.2.0",
    note: "AWS integrations can tag sessions; the trust policy of the role must allow `sts:TagSession` then.",
  },
  { release: "v6.2.0", note: "The drain can start recurring work; the scheduler still does." },
  { release: "v6.3.0", note: "Workers may poll over HTTPS instead of connecting to the broker." },
  {
    release: "v6.4.0",
    note: "The drain does the scheduler's work: its pods and its budget go. Remove `services.scheduler`.",
  },
];

/** The notes of the releases after one, up to and with another; none where one of the two is no version. */
export function notesBetween(from: string, to: string): readonly ReleaseNote[] {
  if (semver.valid(from) === null || semver.valid(to) === null) return [];
  return notes.filter(({ release }) => semver.gt(release, from) && semver.lte(release, to));
}
