import { configuredAks } from "../../../support/azure-configurations";
import { rejects, section, wrongFrom } from "../../../support/wrong-configurations";

const wrong = wrongFrom(configuredAks);
const aks = section("aks");
const cluster = section("aks", "cluster");

describe("rules of the pools of a cluster on Azure", () => {
  rejects([
    wrong(
      "fewer nodes at most than at least",
      cluster({ systemPool: { minCount: 5, maxCount: 3 } }),
      "`spacelift:aks.cluster.systemPool.minCount`: must be at most `maxCount` (3), got 5; run `pulumi config set --path spacelift:aks.cluster.systemPool.maxCount 5`",
    ),
    wrong(
      "no node for the system",
      cluster({ systemPool: { minCount: 0 } }),
      "`spacelift:aks.cluster.systemPool.minCount`: must be at least 1: the cluster's own pods run here, got 0; run `pulumi config set --path spacelift:aks.cluster.systemPool.minCount 1`",
    ),
    wrong(
      "a burstable system pool",
      cluster({ systemPool: { vmSize: "Standard_B4ms" }, osDisk: "Managed" }),
      '`spacelift:aks.cluster.systemPool.vmSize`: must not be a burstable size, which AKS does not support for a system pool, got "Standard_B4ms"; run `pulumi config set --path spacelift:aks.cluster.systemPool.vmSize Standard_D4ds_v5`',
    ),
    wrong(
      "a pool of machines with one processor",
      cluster({ pools: [{ name: "apps", vmSize: "Standard_DS1_v2" }] }),
      `\`spacelift:aks.cluster.pools[0].vmSize\`: must be a size with at least 2 processors, as AKS asks of every node, got "Standard_DS1_v2"; run \`pulumi config set --path 'spacelift:aks.cluster.pools[0].vmSize' Standard_D4ds_v5\``,
    ),
    wrong(
      "an ephemeral disk on nodes without a disk",
      cluster({ systemPool: { vmSize: "Standard_D4s_v5" }, osDisk: "Ephemeral" }),
      '`spacelift:aks.cluster.systemPool.vmSize`: must be a size whose local disk has room for the operating system, got "Standard_D4s_v5"; run `pulumi config set --path spacelift:aks.cluster.systemPool.vmSize Standard_D4ds_v5`, or run `pulumi config set --path spacelift:aks.cluster.osDisk Managed`',
    ),
    wrong(
      "a size of no machine",
      cluster({ systemPool: { vmSize: "large" } }),
      '`spacelift:aks.cluster.systemPool.vmSize`: must be a size such as "Standard_D4ds_v5", got "large"; run `pulumi config set --path spacelift:aks.cluster.systemPool.vmSize Standard_D4ds_v5`',
    ),
    wrong(
      "a pool named as the system's",
      cluster({ pools: [{ name: "system" }] }),
      '`spacelift:aks.cluster.pools[0].name`: must be unique, got "system" again; choose another name',
    ),
    wrong(
      "a pool name with a hyphen",
      cluster({ pools: [{ name: "my-apps" }] }),
      "`spacelift:aks.cluster.pools[0].name`: must be 1 to 12 lower-case letters and digits, a letter first, got \"my-apps\"; run `pulumi config set --path 'spacelift:aks.cluster.pools[0].name' apps`",
    ),
    wrong(
      "two pools of one name",
      cluster({ pools: [{ name: "apps" }, { name: "apps" }] }),
      '`spacelift:aks.cluster.pools[1].name`: must be unique, got "apps" again; choose another name',
    ),
    wrong(
      "pools for runs alone",
      cluster({ pools: [{ name: "runs", purpose: "runs" }] }),
      '`spacelift:aks.cluster.pools`: must have a pool with `purpose: services`: nothing but runs would find a node; set `pools: [{"name":"runs","purpose":"runs"},{"name":"apps"}]` there in the stack file',
    ),
    wrong(
      "a pool in a zone that is not chosen",
      aks({ zones: [1, 2], cluster: { pools: [{ name: "apps", zones: [3] }] } }),
      "`spacelift:aks.cluster.pools[0].zones`: must be among `aks.zones`, got \"3\"; run `pulumi config rm --path 'spacelift:aks.cluster.pools[0].zones'`",
    ),
  ]);
});
