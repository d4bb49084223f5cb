import * as pulumi from "@pulumi/pulumi";
import type { NewCluster } from "../../../config/aks/parts";
import type { AzureEnvironment } from "./scope";

/** Application of AKS that tokens for an API server are made out to: the same in every tenant. */
const serverApplication = "6dae42f8-4368-4678-94ff-3960e28e3630";

const find = (kubeconfig: string, key: string): string => {
  const value = new RegExp(`"?${key}"?:\\s*"?([^\\s",}]+)`).exec(kubeconfig)?.[1];
  // The kubeconfig itself stays out of the message: it may hold a key.
  if (value === undefined) throw new pulumi.RunError(`the kubeconfig that Azure gave has no \`${key}\``);
  return value;
};

/**
 * The kubeconfig of a cluster that is entered with Entra ID alone: Azure's own asks a person to type a code, this one
 * has kubelogin get a fresh token whenever one is needed, on destroy as well, which runs no program.
 *
 * @param listed what Azure answers for the cluster: read for its address and its certificate authority
 * @throws RunError when it lacks either
 */
export function kubeloginKubeconfig(
  listed: string,
  clusterName: string,
  login: NonNullable<NewCluster["entra"]>["login"],
  environment: AzureEnvironment,
): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: clusterName,
        cluster: {
          server: find(listed, "server"),
          "certificate-authority-data": find(listed, "certificate-authority-data"),
        },
      },
    ],
    users: [
      {
        name: "kubelogin",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "kubelogin",
            args: [
              "get-token",
              ...["--environment", environment],
              ...["--server-id", serverApplication],
              ...["--login", login],
            ],
            interactiveMode: "Never",
            provideClusterInfo: false,
            env: null,
          },
        },
      },
    ],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user: "kubelogin" } }],
    "current-context": clusterName,
  });
}

/** The kubeconfig among the credentials that Azure lists: base64, decoded. */
export function decodeCredentials(
  kubeconfigs: readonly { readonly name: string; readonly value: string }[],
): string {
  const [first] = kubeconfigs;
  if (!first) {
    throw new pulumi.RunError(
      "Azure gave no kubeconfig: the deploying identity may not list the cluster's credentials; give it the role Azure Kubernetes Service Cluster User",
    );
  }
  return Buffer.from(first.value, "base64").toString("utf8");
}
