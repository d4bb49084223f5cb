import { z } from "zod";
import type { AzureAccess } from "./session";

const profile = z.object({
  name: z.string(),
  count: z.number().default(0),
  vmSize: z.string().default(""),
  orchestratorVersion: z.string().optional(),
});

/** A cluster, as far as the checks look at it. */
export const clusterState = z.object({
  id: z.string(),
  name: z.string(),
  location: z.string(),
  identity: z.object({ type: z.string() }).optional(),
  properties: z.object({
    provisioningState: z.string(),
    powerState: z.object({ code: z.string() }).optional(),
    kubernetesVersion: z.string(),
    currentKubernetesVersion: z.string().optional(),
    nodeResourceGroup: z.string().optional(),
    agentPoolProfiles: z.array(profile).default([]),
    oidcIssuerProfile: z
      .object({ enabled: z.boolean().optional(), issuerURL: z.string().optional() })
      .optional(),
    securityProfile: z
      .object({ workloadIdentity: z.object({ enabled: z.boolean().optional() }).optional() })
      .optional(),
    identityProfile: z.record(z.string(), z.object({ objectId: z.string().optional() })).optional(),
    networkProfile: z
      .object({ networkPolicy: z.string().optional(), networkDataplane: z.string().optional() })
      .optional(),
    disableLocalAccounts: z.boolean().optional(),
  }),
});

/** {@link clusterState} */
export type ClusterState = z.output<typeof clusterState>;

/** Reads a cluster that may not be there. */
export const findCluster = ({ arm }: AzureAccess, id: string): Promise<ClusterState | undefined> =>
  arm.find({ api: "containerService", path: id }, clusterState);
