import { z } from "zod";
import { secretKeys } from "../config/secrets";
import { dateOf } from "../peers/time";
import { type Check, expiryFinding, type Finding, finding } from "./check";
import { jwtPayload } from "../peers/json";

const expiryCheck = finding("license.expiry", "Expiry of the licence");

/** Seconds since 1970. */
const claims = z.object({ exp: z.number().optional(), nbf: z.number().optional() });

/** How long the licence is valid. Whether Spacelift signed it is for Spacelift alone to tell. */
export const licenseCheck: Check = {
  id: "license",
  title: "Licence",
  skip: ({ secrets }) => (secrets.licenseToken === undefined ? "no licence is set" : undefined),
  run: ({ secrets, now }) => [findExpiry(secrets.licenseToken ?? "", now())],
};

function findExpiry(token: string, now: Date): Finding {
  const read = claims.safeParse(jwtPayload(token));
  const { fix } = secretKeys.licenseToken;
  if (!read.success) return expiryCheck.failed("the licence is no JWT whose dates can be read", fix);
  const { exp, nbf = 0 } = read.data;
  const start = new Date(nbf * 1000);
  if (start > now) {
    return expiryCheck.failed(
      `the licence is valid only from ${dateOf(start)} on`,
      "see that the clock is right",
    );
  }
  if (exp === undefined) return expiryCheck.skipped("the licence does not say until when it is valid");
  const end = new Date(exp * 1000);
  return expiryFinding(expiryCheck, {
    what: "the licence",
    end,
    now,
    soonDays: 30,
    fix: `ask Spacelift for another licence, then ${fix}`,
    valid: `valid until ${dateOf(end)}; only Spacelift can verify its signature`,
  });
}
