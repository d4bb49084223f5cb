import type { HostileServer } from "./hostile-server";
import type { Manner } from "./manner";
import type { Peer } from "./peers";
import { type Met, PLANTED } from "./protocol";

// Of the resident set, which V8 gives back when it likes: on a busy machine a nest of 10 MB of JSON stood at 172.
const MOST_MB = 200;
const MOST_MS = 65_000;
const MOST_CHARACTERS = 1_000;

/** What no operator is to read: codes, stacks, the words of libraries, tokens. */
const UNCLEAR =
  /\bE[A-Z]{4,}\b|ERR_|HPE_|Parse Error|SSL routines|\.[jt]s:\d|undefined|\[object|NaN|(?:Type|Range|Zod|Abort)Error|\bbug\b|the check itself failed|eyJ/;

/** What was wrong with how a client met a server; undefined when nothing was. */
export function judge(
  peer: Peer,
  manner: Manner,
  met: Met | string,
  { sent, port }: Pick<HostileServer, "sent" | "port">,
): string | undefined {
  const leaks = leaksOf(manner, sent);
  if (typeof met === "string") return [met, ...leaks].join("\n");
  const { said, ms, grownMb, open } = met;
  const bad = said.filter(({ isGood }) => !isGood);
  // A page for everybody may be anything: of the installation's own site, only the head is looked at.
  const mayPass = peer.client === "site" && manner.isGoodHead === true;
  const isNamed = (text: string): boolean => text.includes(`:${port}`) || peer.called.test(text);
  const problems = [
    ...(ms > MOST_MS ? [`it took ${Math.round(ms / 1000)} s`] : []),
    ...(grownMb > MOST_MB ? [`it took ${Math.round(grownMb)} MB`] : []),
    ...(open.length > 0 ? [`it left open: ${open.join(", ")}`] : []),
    ...(bad.length === 0 && !mayPass ? ["it took all of this for good"] : []),
    ...(bad.length > 0 && !bad.some(({ text }) => manner.words.test(text) && isNamed(text))
      ? [`no word is ${String(manner.words)}, of ${String(peer.called)}`]
      : []),
    ...said.flatMap(({ text }) => {
      const [unclear] = UNCLEAR.exec(text) ?? [];
      if (unclear !== undefined) return [`"${unclear}" is no clear word`];
      return text.includes(PLANTED) ? ["a secret is told"] : [];
    }),
    ...(said.some(({ text }) => text.length > MOST_CHARACTERS) ? ["it says too much"] : []),
    ...leaks,
  ];
  if (problems.length === 0) return undefined;
  const told = [...new Set((bad.length > 0 ? bad : said).map(({ text }) => text.slice(0, 300)))];
  return [...new Set(problems), ...told.slice(0, 6).map((text) => `  ${text}`)].join("\n");
}

/** Credentials that came where they were not meant for. */
function leaksOf({ kind }: Manner, { here, elsewhere }: HostileServer["sent"]): readonly string[] {
  const carries = (request: string): boolean => request.includes(PLANTED) || !request.startsWith(" ");
  return [
    ...(elsewhere.some(carries) ? ["a credential went to another host"] : []),
    // Who cannot prove who it is gets none, either.
    ...(kind === "has TLS that is wrong" && here.some(carries)
      ? ["a credential went to somebody whose certificate does not hold"]
      : []),
  ];
}
