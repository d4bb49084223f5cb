import { isIP } from "node:net";
import type { Settings } from "../config/settings";
import { type ResolveHost, systemResolver } from "../peers/connection";
import { type Check, type Finding, finding, type FindingBuilder } from "./check";

interface Name {
  readonly check: FindingBuilder;
  readonly host: string;
  /** Whether it leads to the ingress controller. */
  readonly ingress: boolean;
}

const namesOf = ({ domain, vcsGateway, mqtt }: Settings): readonly Name[] =>
  [
    { check: finding("dns.domain", "Name of Spacelift"), host: domain, ingress: true },
    { check: finding("dns.vcsGateway", "Name of the VCS gateway"), host: vcsGateway?.domain, ingress: true },
    { check: finding("dns.mqtt", "Name of the broker"), host: mqtt.domain, ingress: false },
  ].flatMap(({ host, ...name }) => (host === undefined ? [] : [{ ...name, host }]));

/** Whether the names of the installation exist, and lead to the ingress controller where its address is known. */
export const dnsCheck = (resolve: ResolveHost = systemResolver): Check => ({
  id: "dns",
  title: "DNS",
  run: async ({ settings }) => {
    const { address } = settings.ingress;
    const expected = address === undefined ? [] : await addressesOf(address, resolve);
    return Promise.all(
      namesOf(settings).map(async (name): Promise<Finding> => {
        const { check, host } = name;
        try {
          const found = await resolve(host);
          return found.length === 0
            ? absentFinding(name, settings)
            : addressFinding(name, found, address, expected);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          return check.warning(
            `${host} could not be resolved: ${reason}`,
            "see that this machine's name server answers",
          );
        }
      }),
    );
  },
});

async function addressesOf(address: string, resolve: ResolveHost): Promise<readonly string[]> {
  if (isIP(address) !== 0) return [address];
  // A name that cannot be asked for is told when the domain is: both are asked of the same server.
  return resolve(address).catch(() => []);
}

function addressFinding(
  { check, host, ingress }: Name,
  found: readonly string[],
  address: string | undefined,
  expected: readonly string[],
): Finding {
  const list = found.join(", ");
  if (!ingress || address === undefined) return check.passed(`${host} resolves to ${list}`);
  return found.some((each) => expected.includes(each))
    ? check.passed(`${host} resolves to the ingress controller, ${list}`)
    : check.warning(
        `${host} resolves to ${list}, not to \`ingress.address\` (${address})`,
        "correct the record, or `ingress.address`; behind a proxy or NAT, there is nothing to do",
      );
}

function absentFinding({ check, host, ingress }: Name, { aks, tls, target, mqtt }: Settings): Finding {
  const isOurs = ingress || mqtt.staticAddress;
  if (isOurs && target === "aks" && aks?.dns.zoneId !== undefined && aks.dns.createRecords) {
    return check.skipped(`${host} does not resolve yet; \`pulumi up\` creates its record`);
  }
  const fix = isOurs
    ? "create the record when `pulumi up` has created the address, as `pulumi stack output dnsRecords` says"
    : "create a record for the address of the Service spacelift-mqtt when `pulumi up` has created it";
  const acme = ingress && tls.mode === "acme" && tls.challenge === "http01";
  const consequence = acme ? "; no certificate is issued before it does" : "";
  return check.warning(`${host} does not resolve yet${consequence}`, fix);
}
