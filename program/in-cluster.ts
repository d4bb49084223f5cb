import type * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../components/platform/platform";

/** Options of a component in the platform's cluster: made when its nodes are there, and gone before they are. */
export function inCluster({ kubernetes }: Platform): pulumi.ComponentResourceOptions {
  return { providers: [kubernetes.provider], dependsOn: [...(kubernetes.ready ?? [])] };
}
