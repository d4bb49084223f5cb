import { authorization, permissionsAt } from "./authorization";
import type { ArmAnswer } from "./errors";
import {
  forbidden,
  groupNotFound,
  noApiVersion,
  notRegistered,
  resourceNotFound,
  subscriptionNotFound,
  wrongApiVersion,
} from "./errors";
import type { ArmWorld, Json, JsonObject } from "./subscription";

/** A request to Azure Resource Manager that has been let in. */
export interface ArmRequest {
  readonly path: string;
  readonly query: URLSearchParams;
}

type Content = { readonly list: readonly JsonObject[] } | { readonly one: JsonObject } | ArmAnswer;

type Namespace = (match: readonly string[]) => string;

interface Route {
  readonly path: RegExp;
  /** The namespace that must be registered. */
  readonly namespace?: Namespace;
  /** The version of the interface that is spoken. */
  readonly version: string;
  readonly answer: (world: ArmWorld, match: readonly string[], request: ArmRequest) => Content;
}

const sub = "/subscriptions/([^/]+)";
const fixed =
  (namespace: string): Namespace =>
  () =>
    namespace;

const usagesOf = (world: ArmWorld, source: keyof ArmWorld["usages"], id: boolean): Content => ({
  list: [...world.usages[source]].map(([value, { title, used, limit }]) => ({
    ...(id && { id: "" }),
    name: { value, localizedValue: title },
    currentValue: used,
    limit,
    unit: "Count",
  })),
});

const usageRoute = (
  namespace: string,
  source: keyof ArmWorld["usages"],
  version: string,
  tail = "usages",
): Route => ({
  path: new RegExp(`^${sub}/providers/${namespace}/locations/([^/]+)/${tail}$`, "i"),
  namespace: fixed(namespace),
  version,
  answer: (world) => usagesOf(world, source, source !== "compute" && source !== "storage"),
});

/** Versions by namespace, for resources that are read by their id. */
const resourceVersions: Readonly<Record<string, string>> = {
  "microsoft.network/dnszones": "2018-05-01",
  "microsoft.network/privatednszones": "2020-06-01",
  "microsoft.network": "2024-05-01",
  "microsoft.containerservice": "2025-07-01",
  "microsoft.containerregistry": "2025-11-01",
  "microsoft.dbforpostgresql": "2025-08-01",
  "microsoft.storage": "2024-01-01",
  "microsoft.operationalinsights": "2022-10-01",
};

const routes: readonly Route[] = [
  {
    path: new RegExp(`^${sub}$`),
    version: "2022-12-01",
    answer: (world) => ({
      one: {
        id: `/subscriptions/${world.subscriptionId}`,
        authorizationSource: "RoleBased",
        managedByTenants: [],
        subscriptionId: world.subscriptionId,
        tenantId: world.tenantId,
        displayName: "Test",
        state: world.subscriptionState,
        subscriptionPolicies: {
          locationPlacementId: "Public_2014-09-01",
          quotaId: "PayAsYouGo_2014-09-01",
          spendingLimit: "Off",
        },
      },
    }),
  },
  {
    path: new RegExp(`^${sub}/locations$`),
    version: "2022-12-01",
    answer: ({ locations }) => ({ list: locations }),
  },
  {
    path: new RegExp(`^${sub}/providers/([^/]+)$`),
    version: "2021-04-01",
    answer: (world, [, , namespace = ""]) => {
      const state = world.providers.get(namespace);
      if (state === undefined) {
        return {
          status: 404,
          body: {
            error: {
              code: "InvalidResourceNamespace",
              message: `The resource namespace '${namespace}' is invalid.`,
            },
          },
        };
      }
      return { one: providerBody(world, namespace, state) };
    },
  },
  {
    path: new RegExp(`^${sub}/providers/Microsoft.Features/providers/([^/]+)/features/([^/]+)$`),
    version: "2021-07-01",
    answer: (world, [path = "", , namespace = "", feature = ""]) => {
      const state = world.features.get(`${namespace}/${feature}`);
      return state === undefined
        ? resourceNotFound(path)
        : {
            one: {
              id: path,
              name: `${namespace}/${feature}`,
              type: "Microsoft.Features/providers/features",
              properties: { state },
            },
          };
    },
  },
  {
    path: new RegExp(`^${sub}/providers/Microsoft.Compute/skus$`),
    namespace: fixed("Microsoft.Compute"),
    version: "2021-07-01",
    answer: ({ skus }, _, { query }) => {
      const [, wanted] = /^location eq '(.+)'$/.exec(query.get("$filter") ?? "") ?? [];
      const here = (locations: Json): boolean => Array.isArray(locations) && locations.includes(wanted);
      return { list: skus.filter((sku) => wanted === undefined || here(sku["locations"] ?? [])) };
    },
  },
  usageRoute("Microsoft.Compute", "compute", "2024-11-01"),
  usageRoute("Microsoft.Network", "network", "2024-05-01"),
  usageRoute("Microsoft.Storage", "storage", "2024-01-01"),
  usageRoute("Microsoft.DBforPostgreSQL", "postgres", "2025-08-01", "resourceType/flexibleServers/usages"),
  {
    path: new RegExp(`^${sub}/providers/Microsoft.DBforPostgreSQL/locations/([^/]+)/capabilities$`),
    namespace: fixed("Microsoft.DBforPostgreSQL"),
    version: "2025-08-01",
    answer: ({ postgresCapabilities }) => ({ list: postgresCapabilities }),
  },
  {
    path: new RegExp(`^${sub}/providers/Microsoft.ContainerService/locations/([^/]+)/kubernetesVersions$`),
    namespace: fixed("Microsoft.ContainerService"),
    version: "2025-07-01",
    answer: ({ kubernetesVersions }) => ({ one: { values: kubernetesVersions } }),
  },
  {
    path: new RegExp(
      `^(${sub}(?:/.+)?)/providers/Microsoft.Authorization/(permissions|roleAssignments)$`,
      "i",
    ),
    version: "2022-04-01",
    answer: (world, [, scope = "", , what = ""], { query }) => authorization(world, scope, what, query),
  },
  {
    path: new RegExp(`^${sub}/resourceGroups/([^/]+)$`, "i"),
    version: "2021-04-01",
    answer: (world, [, , name = ""]) => {
      const group = world.groups.get(name);
      return group ? { one: group } : groupNotFound(name);
    },
  },
  {
    path: new RegExp(`^${sub}/resourceGroups/([^/]+)/resources$`, "i"),
    version: "2021-04-01",
    answer: (world, [, , name = ""]) => {
      if (!world.groups.has(name)) return groupNotFound(name);
      const within = `/resourcegroups/${name.toLowerCase()}/`;
      return {
        list: [...world.resources]
          .filter(([id]) => id.includes(within))
          .map(([, { id = "", name: own = "", type = "", location = "", tags = {} }]) => ({
            id,
            name: own,
            type,
            location,
            tags,
          })),
      };
    },
  },
  ...Object.entries(resourceVersions).map(([prefix, version]): Route => ({
    path: new RegExp(`^${sub}/resourceGroups/([^/]+)/providers/(${prefix}/.+)$`, "i"),
    namespace: ([, , , type = ""]) => type.split("/")[0] ?? "",
    version,
    answer: (world, [path = "", , group = ""]) => resource(world, path, group),
  })),
];

function providerBody(world: ArmWorld, namespace: string, registrationState: string): JsonObject {
  const types = {
    "Microsoft.ContainerService": ["managedClusters"],
    "Microsoft.DBforPostgreSQL": ["flexibleServers"],
    "Microsoft.Storage": ["storageAccounts"],
    "Microsoft.ContainerRegistry": ["registries"],
    "Microsoft.ManagedIdentity": ["userAssignedIdentities"],
  }[namespace];
  const all = world.locations.map(({ displayName = "" }) => displayName);
  return {
    id: `/subscriptions/${world.subscriptionId}/providers/${namespace}`,
    namespace,
    registrationPolicy: "RegistrationRequired",
    resourceTypes: (types ?? []).map((resourceType) => ({
      resourceType,
      locations: world.notOffered.has(`${namespace}/${resourceType}`) ? ["East US"] : all,
      apiVersions: ["2025-08-01"],
      capabilities: "CrossResourceGroupResourceMove, SupportsTags, SupportsLocation",
    })),
    registrationState,
  };
}

function resource(world: ArmWorld, path: string, group: string): Content {
  if (!world.groups.has(group)) return groupNotFound(group);
  const found = world.resources.get(path.toLowerCase());
  if (found) return { one: found };
  // A path ends in a name, or in a type of which there is a list.
  const list = path.split("/").length % 2 === 0;
  const parent = path.split("/").slice(0, -1).join("/").toLowerCase();
  if (!list || (/\/providers\/[^/]+\/[^/]+\//i.test(parent) && !world.resources.has(parent))) {
    return resourceNotFound(path);
  }
  const within = `${path.toLowerCase()}/`;
  return {
    list: [...world.resources]
      .filter(([id]) => id.startsWith(within) && !id.slice(within.length).includes("/"))
      .map(([, body]) => body),
  };
}

/** Answers a request as Azure Resource Manager does. */
export function armAnswer(world: ArmWorld, origin: string, request: ArmRequest): ArmAnswer {
  const { path, query } = request;
  const version = query.get("api-version");
  if (version === null) return noApiVersion();
  const [, subscription = ""] = /^\/subscriptions\/([^/]+)/.exec(path) ?? [];
  if (subscription !== world.subscriptionId) return subscriptionNotFound(subscription);
  const reads = permissionsAt(world, path).some(({ actions }) =>
    actions.some((action) => /\*$|\/read$/.test(action)),
  );
  if (!reads) return forbidden(world.application.objectId, "Microsoft.Resources/subscriptions/read", path);
  const route = routes.find((each) => each.path.test(path));
  const match = route?.path.exec(path);
  if (!route || !match) return resourceNotFound(path);
  if (version !== route.version) return wrongApiVersion(version, route.version);
  const namespace = route.namespace?.(match);
  const state = namespace === undefined ? "Registered" : stateOf(world, namespace);
  if (state !== "Registered") return notRegistered(namespace ?? "");
  const content = route.answer(world, match, request);
  if ("status" in content) return content;
  return {
    status: 200,
    body: "one" in content ? content.one : page(content.list, world.pageSize, origin, request),
  };
}

const stateOf = ({ providers }: ArmWorld, namespace: string): string | undefined =>
  [...providers].find(([name]) => name.toLowerCase() === namespace.toLowerCase())?.[1];

function page(
  items: readonly JsonObject[],
  size: number,
  origin: string,
  { path, query }: ArmRequest,
): JsonObject {
  const start = Number(query.get("$skiptoken") ?? 0);
  const value = items.slice(start, start + size);
  if (start + size >= items.length) return { value };
  const next = new URLSearchParams(query);
  next.set("$skiptoken", String(start + size));
  return { value, nextLink: `${origin}${path}?${next.toString()}` };
}
