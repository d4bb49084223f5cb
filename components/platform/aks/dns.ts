import * as dns from "@pulumi/azure-native/dns";
import type * as pulumi from "@pulumi/pulumi";
import type { ExistingResource } from "../../../config/aks/parts";
import { SpaceliftComponent } from "../../component";
import type { DnsPlatform } from "../platform";
import { Identity } from "./identity";
import type { AzureEnvironment, AzureScope } from "./scope";

export interface DnsArgs {
  readonly scope: AzureScope;
  readonly zone: ExistingResource;
  /** Records to create: the IPv4 addresses of hosts. */
  readonly records: readonly { readonly host: string; readonly address: pulumi.Input<string> }[];
  readonly ttlSeconds: number;
  /** Azure cloud of the zone, as cert-manager calls it. */
  readonly environment: AzureEnvironment;
  /** Let cert-manager write into the zone, to prove the hosts by it. */
  readonly challenge?:
    | {
        readonly identityName: string;
        readonly issuerUrl: pulumi.Input<string>;
        readonly serviceAccount: { readonly namespace: string; readonly name: string };
      }
    | undefined;
}

/** The name of a host relative to its zone: `@` for the zone itself. */
export function relativeName(host: string, zone: string): string {
  return host === zone ? "@" : host.slice(0, -zone.length - 1);
}

/** Records of the hosts in an existing DNS zone, and the right to write into it for DNS-01. */
export class Dns extends SpaceliftComponent {
  readonly dns: DnsPlatform;

  constructor(name: string, args: DnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spacelift:aks:Dns", name, opts);
    const { zone, scope, challenge } = args;
    for (const { host, address } of args.records) {
      new dns.RecordSet(
        this.child(host.replaceAll(".", "-")),
        {
          resourceGroupName: zone.resourceGroup,
          zoneName: zone.name,
          relativeRecordSetName: relativeName(host, zone.name),
          recordType: "A",
          ttl: args.ttlSeconds,
          aRecords: [{ ipv4Address: address }],
        },
        { parent: this },
      );
    }
    const identity =
      challenge &&
      new Identity(
        this.child("cert-manager"),
        { scope, ...challenge, grants: [{ name: "role", role: "dnsZoneContributor", scope: zone.id }] },
        { parent: this },
      );
    this.dns = {
      zoneName: zone.name,
      hosts: args.records.map(({ host }) => host),
      ...(identity && {
        challenge: {
          solver: {
            azureDNS: {
              subscriptionID: scope.subscriptionId,
              resourceGroupName: zone.resourceGroup,
              hostedZoneName: zone.name,
              environment: args.environment,
              managedIdentity: { clientID: identity.clientId },
            },
          },
          identity: identity.workloadIdentity,
        },
      }),
    };
    this.registerOutputs();
  }
}
