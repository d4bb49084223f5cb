import type { X509Certificate } from "node:crypto";
import { dateOf, daysBetween } from "../../../peers/days";
import { type Finding, type FindingName, failed, passed, warning } from "../check";

const EXPECTED_DAYS = 14;

/**
 * Says how long a certificate that has been verified is good for; one that ends within two weeks is a warning, as
 * nothing seems to renew it.
 *
 * @param how how it was verified: `verified`, `verified with …`
 */
export function certificateFinding(
  name: FindingName,
  {
    certificate,
    how,
    now,
  }: { readonly certificate: X509Certificate; readonly how: string; readonly now: Date },
): Finding {
  const end = new Date(certificate.validTo);
  const days = daysBetween(now, end);
  if (days < 0) {
    return failed(name, `the certificate has expired on ${dateOf(end)}`, "renew the certificate");
  }
  return days < EXPECTED_DAYS
    ? warning(
        name,
        `the certificate expires on ${dateOf(end)}, in ${days} days`,
        "renew it, and see what should have renewed it",
      )
    : passed(name, `${how}, valid until ${dateOf(end)}`);
}
