import { isIP } from "node:net";
import type { Settings } from "../../../config/settings";
import { type ResolveHost, systemResolver } from "../../../peers/resolve-host";
import { type Check, type Finding, type FindingName, passed, skipped, warning } from "../check";

interface Name {
  readonly host: string;
  readonly finding: FindingName;
  /** Whether it leads to the ingress controller. */
  readonly ingress: boolean;
}

/** Looks whether the names of the installation exist, and lead to the ingress controller where its address is known. */
export const dnsCheck = (resolve: ResolveHost = systemResolver): Check => ({
  id: "dns",
  title: "DNS",
  run: async ({ settings }) => {
    const { address } = settings.ingress;
    const expected = address === undefined ? [] : await addressesOf(address, resolve);
    return Promise.all(namesOf(settings).map((name) => look(name, settings, { resolve, address, expected })));
  },
});

function namesOf({ domain, vcsGateway, mqtt }: Settings): readonly Name[] {
  const name = (id: string, title: string, host: string, ingress = true): Name => ({
    host,
    finding: { id: `dns.${id}`, title },
    ingress,
  });
  return [
    name("domain", "Name of Spacelift", domain),
    ...(vcsGateway ? [name("vcsGateway", "Name of the VCS gateway", vcsGateway.domain)] : []),
    ...(mqtt.domain === undefined ? [] : [name("mqtt", "Name of the broker", mqtt.domain, false)]),
  ];
}

async function addressesOf(address: string, resolve: ResolveHost): Promise<readonly string[]> {
  if (isIP(address) !== 0) return [address];
  // A name that cannot be asked for is told when the domain is: both are asked of the same server.
  return resolve(address).catch(() => []);
}

interface Known {
  readonly resolve: ResolveHost;
  /** `ingress.address`. */
  readonly address: string | undefined;
  /** What that resolves to. */
  readonly expected: readonly string[];
}

async function look(
  { host, finding, ingress }: Name,
  settings: Settings,
  { resolve, address, expected }: Known,
): Promise<Finding> {
  let found: readonly string[];
  try {
    found = await resolve(host);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return warning(
      finding,
      `${host} could not be asked for: ${reason}`,
      "see that this machine's name server answers",
    );
  }
  if (found.length === 0) return unknown({ host, finding, ingress }, settings);
  const list = found.join(", ");
  if (!ingress || address === undefined) return passed(finding, `${host} resolves to ${list}`);
  return found.some((each) => expected.includes(each))
    ? passed(finding, `${host} resolves to the ingress controller, ${list}`)
    : warning(
        finding,
        `${host} resolves to ${list}, not to \`ingress.address\` (${address})`,
        "correct the record, or `ingress.address`; behind a proxy or NAT, nothing is to do",
      );
}

function unknown({ host, finding, ingress }: Name, settings: Settings): Finding {
  const { aks, tls, target } = settings;
  if (ingress && target === "aks" && aks?.dns.zoneId !== undefined && aks.dns.createRecords) {
    return skipped(finding, `${host} does not resolve yet; \`pulumi up\` makes its record`);
  }
  const fix = ingress
    ? "create the record when `pulumi up` has made the address, as `pulumi stack output dnsRecords` says"
    : "create a record for the address of the Service spacelift-mqtt when `pulumi up` has made it";
  const acme = ingress && tls.mode === "acme" && tls.challenge === "http01";
  const consequence = acme ? "; no certificate is issued before it does" : "";
  return warning(finding, `${host} does not resolve yet${consequence}`, fix);
}
