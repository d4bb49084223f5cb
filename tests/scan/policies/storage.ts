import type { Inventory } from "../../support/inventory";
import { type Policy, azure, fixed, inputAt, objectsAt } from "./policy";

/** A lifecycle rule, as far as policies look at it. */
interface Rule {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** What it deletes: `baseBlob`, `version`, `snapshot`. */
  readonly deletes: readonly string[];
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {};

const rulesOf = (inventory: Inventory): readonly Rule[] =>
  inventory
    .all(azure.lifecycle)
    .flatMap((resource) => objectsAt(resource, "policy.rules"))
    .map(({ name, definition }) => {
      const { filters, actions } = record(definition);
      const { prefixMatch } = record(filters);
      return {
        name: String(name),
        prefixes: Array.isArray(prefixMatch) ? prefixMatch.map(String) : [""],
        deletes: Object.entries(record(actions))
          .filter(([, action]) => "delete" in record(action))
          .map(([what]) => what),
      };
    });

const containersOf = (inventory: Inventory): readonly { readonly role: string; readonly name: string }[] =>
  inventory.all(azure.container).map((resource) => ({
    role: resource.name.replace(/^.*-storage-/, ""),
    name: String(inputAt(resource, "containerName")),
  }));

/** Whether a prefix is of objects in a container, or of others besides them. */
const touches = (prefix: string, container: string): boolean =>
  `${container}/`.startsWith(prefix) || prefix.startsWith(`${container}/`);

const kept: readonly string[] = ["states", "modules"];

/** Policies about object storage. */
export const storagePolicies: readonly Policy[] = [
  {
    title: "deletes neither states nor modules",
    violations: (inventory) =>
      containersOf(inventory)
        .filter(({ role }) => kept.includes(role))
        .flatMap(({ name }) =>
          rulesOf(inventory)
            .filter((rule) => rule.prefixes.some((prefix) => touches(prefix, name)))
            .map((rule) => `${rule.name}: deletes in ${name}`),
        ),
  },
  {
    title: "drops the versions of everything that expires",
    violations: (inventory) =>
      inventory.all(azure.blobs).flatMap((service) => {
        if (inputAt(service, "isVersioningEnabled") !== true) return [`${service.name}: keeps no versions`];
        return containersOf(inventory)
          .filter(({ role }) => !kept.includes(role))
          .flatMap(({ name }) => {
            const deleted = rulesOf(inventory)
              .filter((rule) => rule.prefixes.includes(`${name}/`))
              .flatMap((rule) => rule.deletes);
            return ["baseBlob", "version", "snapshot"]
              .filter((what) => !deleted.includes(what))
              .map((what) => `${name}: keeps every ${what}`);
          });
      }),
  },
  {
    title: "names in lifecycle rules whole containers that are there",
    violations: (inventory: Inventory): readonly string[] => {
      const known = containersOf(inventory).map(({ name }) => `${name}/`);
      return rulesOf(inventory).flatMap((rule) =>
        rule.prefixes
          .filter((prefix) => !known.includes(prefix))
          .map((prefix) => `${rule.name}: "${prefix}"`),
      );
    },
  },
  fixed("opens storage to nobody without a login, and to no key", azure.account, {
    allowBlobPublicAccess: false,
    allowSharedKeyAccess: false,
    allowCrossTenantReplication: false,
    isLocalUserEnabled: false,
    isSftpEnabled: false,
    enableHttpsTrafficOnly: true,
    minimumTlsVersion: "TLS1_2",
  }),
  fixed("publishes no container", azure.container, { publicAccess: "None" }),
  fixed("gives registries no password", azure.registry, { adminUserEnabled: false }),
];
