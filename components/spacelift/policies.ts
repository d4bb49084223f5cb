import { CustomResource } from "@pulumi/kubernetes/apiextensions";
import * as networking from "@pulumi/kubernetes/networking/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { PlannedPolicy } from "./network-policies";

/**
 * Makes planned policies in a namespace.
 *
 * @param child gives the logical name of a part of the component they belong to
 */
export const createPolicies = (
  child: (role: string) => string,
  namespace: pulumi.Input<string>,
  policies: readonly PlannedPolicy[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] =>
  policies.map((policy) => {
    const metadata = { name: policy.name, namespace };
    const name = child(`policy-${policy.name}`);
    return policy.kind === "NetworkPolicy"
      ? new networking.NetworkPolicy(name, { metadata, spec: policy.spec }, opts)
      : new CustomResource(
          name,
          { apiVersion: "cilium.io/v2", kind: policy.kind, metadata, spec: policy.spec },
          opts,
        );
  });
