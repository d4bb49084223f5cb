import { at, stringAt, type WorldState } from "../../framework";
import { authorityOf, certificateOf } from "../../loopback/authority";
import type { ArmRecord } from "../arm/tables";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

/** The kubeconfig of a cluster as Azure gives it: with a certificate, or with a login through Entra. */
export function kubeconfigOf(state: WorldState, cluster: ArmRecord, kind: "user" | "admin"): string {
  const { name } = cluster;
  const isEntra = kind === "user" && at(cluster.properties, "aadProfile", "managed") === true;
  const user = `cluster${kind === "admin" ? "Admin" : "User"}_${name}`;
  const exec = {
    exec: {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command: "kubelogin",
      args: [
        "get-token",
        "--environment",
        "AzurePublicCloud",
        "--server-id",
        SERVER_APPLICATION,
        "--login",
        "devicecode",
      ],
      env: null,
      provideClusterInfo: false,
    },
  };
  const identity = certificateOf(state, user);
  const certificate = {
    "client-certificate-data": base64(identity.certificate),
    "client-key-data": base64(identity.privateKey),
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          "certificate-authority-data": base64(authorityOf(state).certificate),
          server: `https://${stringAt(cluster.computed, "fqdn") ?? ""}:443`,
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user } }],
    "current-context": name,
    users: [{ name: user, user: isEntra ? exec : certificate }],
  });
}

/** Application of the service that tokens for API servers are made out to. */
const SERVER_APPLICATION = "6dae42f8-4368-4678-94ff-3960e28e3630";
