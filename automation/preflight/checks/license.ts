import { z } from "zod";
import { secretKeys } from "../../../config/secrets";
import { type Check, type Finding, type FindingName, failed, passed, skipped, warning } from "../check";
import { dateOf, daysBetween } from "../../../peers/days";

const SOON_DAYS = 30;

const expiry: FindingName = { id: "license.expiry", title: "Expiry of the licence" };

/** Seconds since 1970. */
const claims = z.object({ exp: z.number().optional(), nbf: z.number().optional() });

/** Looks how long the licence is good for. Whether Spacelift signed it is for Spacelift alone to tell. */
export const licenseCheck: Check = {
  id: "license",
  title: "Licence",
  skip: ({ secrets }) => (secrets.licenseToken === undefined ? "no licence is set" : undefined),
  run: ({ secrets, now }) => Promise.resolve([judge(secrets.licenseToken ?? "", now())]),
};

const dateOfClaim = (seconds: number): Date => new Date(seconds * 1000);

function judge(token: string, now: Date): Finding {
  const read = claims.safeParse(payloadOf(token));
  const { fix } = secretKeys.licenseToken;
  if (!read.success) return failed(expiry, "the licence is no JWT whose dates can be read", fix);
  const { exp, nbf } = read.data;
  if (nbf !== undefined && dateOfClaim(nbf) > now) {
    return failed(
      expiry,
      `the licence is valid only from ${dateOf(dateOfClaim(nbf))} on`,
      "see that the clock is right",
    );
  }
  if (exp === undefined) return skipped(expiry, "the licence does not say until when it is valid");
  const end = dateOfClaim(exp);
  const renew = `ask Spacelift for another licence, then ${fix}`;
  if (end <= now) return failed(expiry, `the licence has expired on ${dateOf(end)}`, renew);
  const days = daysBetween(now, end);
  return days < SOON_DAYS
    ? warning(expiry, `the licence expires on ${dateOf(end)}, in ${days} days`, renew)
    : passed(expiry, `valid until ${dateOf(end)}; only Spacelift can verify its signature`);
}

function payloadOf(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
  } catch {
    // The parser's words would quote the token.
    return undefined;
  }
}
