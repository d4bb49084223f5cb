/** Why operations on a type of resource take long, and how long they usually take. */
export interface Slowness {
  readonly why: string;
  /** From and to, in minutes. */
  readonly minutes: readonly [from: number, to: number];
}

/** What is known to be slow, by type token and operation; `create` also stands for a replacement. */
export const slow: Readonly<
  Record<string, Readonly<Partial<Record<"create" | "update" | "delete", Slowness>>>>
> = {
  "azure-native:containerservice:ManagedCluster": {
    create: { why: "Azure creates the control plane and the first nodes", minutes: [4, 8] },
    update: {
      why: "Azure changes the cluster; a new Kubernetes version replaces node by node",
      minutes: [1, 30],
    },
    delete: { why: "Azure takes the nodes and their load balancer down", minutes: [4, 8] },
  },
  "azure-native:containerservice:AgentPool": {
    create: { why: "Azure starts the nodes of the pool", minutes: [1, 4] },
    update: { why: "Azure changes the pool node by node", minutes: [1, 10] },
    delete: { why: "Azure drains and removes the nodes", minutes: [2, 5] },
  },
  "azure-native:dbforpostgresql:Server": {
    create: { why: "Azure creates the server; high availability adds a second one", minutes: [5, 18] },
    update: { why: "Azure restarts or scales the server", minutes: [2, 20] },
    delete: { why: "Azure removes the server", minutes: [2, 10] },
  },
  "azure-native:privatedns:VirtualNetworkLink": {
    create: { why: "Azure spreads the zone to the network", minutes: [0.5, 2] },
    delete: { why: "Azure takes the zone back from the network", minutes: [0.5, 2] },
  },
  "azure-native:network:NatGateway": {
    create: { why: "Azure allots the gateway", minutes: [1, 2] },
  },
  "docker:index/registryImage:RegistryImage": {
    create: { why: "the image is pushed: this depends on the uplink", minutes: [1, 10] },
  },
  "command:local:Command": {
    create: { why: "an image is pushed: this depends on the uplink", minutes: [1, 10] },
  },
  "kubernetes:helm.sh/v3:Release": {
    create: { why: "Helm waits until every pod of the release is ready", minutes: [1, 6] },
    update: { why: "Helm rolls the pods and waits until they are ready", minutes: [1, 6] },
    delete: { why: "Helm takes the pods and their load balancer down", minutes: [1, 4] },
  },
  "kubernetes:core/v1:Namespace": {
    delete: { why: "Kubernetes removes everything in the namespace first", minutes: [0.5, 3] },
  },
};

/** Says why an operation takes long; undefined when nothing is known. */
export function slownessOf(type: string, operation: string): Slowness | undefined {
  const kinds = slow[type];
  if (operation.startsWith("create")) return kinds?.create;
  if (operation.startsWith("delete")) return kinds?.delete;
  return operation === "update" ? kinds?.update : undefined;
}
