import { type InvokeTwin, objectAt, type Properties, stringAt, TwinError, type World } from "../framework";
import { allDefinitions, type ArmType } from "./arm/definition";
import { resourceNotFound } from "./arm/refusals";
import { type ArmRecord, findResource } from "./arm/tables";
import { outputsOf } from "./arm/outputs";
import { fillTemplate, parametersOf } from "./arm/resource-id";
import { kubeconfigOf } from "./cluster/integration";
import { managedCluster } from "./cluster/managed-cluster";
import { clientOf } from "./config";
import { makeToken } from "./registry/login";
import { storageAccount } from "./storage/account";

/** What credentials of clusters are made of. */
export interface CredentialOptions {
  /** A kubeconfig to give instead of a made-up one, as when the cluster is a real one. */
  readonly kubeconfig?: string;
}

/** The functions of the provider: looking resources up, and what is listed rather than kept. */
export function invokesOf(options: CredentialOptions): Readonly<Record<string, InvokeTwin>> {
  const getters = allDefinitions().map((type) => [getterToken(type), getter(type)] as const);
  return {
    ...Object.fromEntries(getters),
    "azure-native:authorization:getClientConfig": (_args, { config }) => {
      const { clientId, objectId, subscriptionId, tenantId } = clientOf(config);
      return { clientId, objectId, subscriptionId, tenantId };
    },
    "azure-native:authorization:getClientToken": (args, { config, clock }) => ({
      token: makeToken(clientOf(config), clock.now(), stringAt(args, "endpoint")),
    }),
    "azure-native:containerservice:listManagedClusterUserCredentials": (args, { world, config }) =>
      credentials(world, requireRecord(managedCluster, args, world, config), "user", options),
    "azure-native:containerservice:listManagedClusterAdminCredentials": (args, { world, config }) => {
      const cluster = requireRecord(managedCluster, args, world, config);
      if (cluster.properties["disableLocalAccounts"] === true)
        throw new TwinError(
          `Getting static credential is not allowed because this cluster is set to disable local accounts: ${cluster.id}.`,
          "BadRequest",
        );
      return credentials(world, cluster, "admin", options);
    },
    "azure-native:storage:listStorageAccountKeys": (args, { world, config }) => {
      const account = requireRecord(storageAccount, args, world, config);
      return {
        keys: ["key1", "key2"].map((keyName) => ({
          keyName,
          permissions: "Full",
          creationTime: stringAt(account.computed, "creationTime") ?? "",
          value: Buffer.from(world.seal(`${account.id} ${keyName}`)).toString("base64"),
        })),
      };
    },
  };
}

function getterToken({ token }: ArmType): string {
  const [provider, module, name = ""] = token.split(":");
  return `${provider ?? ""}:${module ?? ""}:get${name}`;
}

function getter(type: ArmType): InvokeTwin {
  return (args, { world, config }) => {
    const record = requireRecord(type, args, world, config);
    const parameters = parametersOf(type.path);
    const shown = objectAt({ all: outputsOf(type, record) }, "all");
    return {
      ...(parameters.includes("scope") ? { scope: args["scope"] ?? "" } : {}),
      ...shown,
      id: record.id,
    };
  };
}

function requireRecord(type: ArmType, args: Properties, world: World, config: Properties): ArmRecord {
  const given = type.singleton === undefined ? args : withSingleton(type, args);
  const id = fillTemplate(type.path, given, clientOf(config).subscriptionId) ?? "";
  const record = world.read((state) => findResource(state, id));
  if (record === undefined) throw resourceNotFound(id);
  return record;
}

function withSingleton(type: ArmType, args: Properties): Properties {
  const name = parametersOf(type.path).at(-1) ?? "";
  return { [name]: type.singleton ?? "", ...args };
}

function credentials(
  world: World,
  cluster: ArmRecord,
  kind: "user" | "admin",
  { kubeconfig }: CredentialOptions,
): Properties {
  const value = kubeconfig ?? world.change((state) => kubeconfigOf(state, cluster, kind));
  return {
    kubeconfigs: [
      {
        name: kind === "admin" ? "clusterAdmin" : "clusterUser",
        value: Buffer.from(value).toString("base64"),
      },
    ],
  };
}
