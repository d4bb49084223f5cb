import { completeAks, hasRoomForSystem } from "../complete";
import { type Problem, removeCommand, setCommand } from "../../problems";
import { aks } from "./rule";

const key = (name: string): string => `aks.cluster.${name}`;

const poolSizes = aks((section) => {
  if (section.cluster.existingId !== undefined) return [];
  const { systemPool, pools } = completeAks(section).cluster;
  const problems: Problem[] = [];
  const all = [
    { path: "systemPool", least: 1, ...systemPool },
    ...pools.map((pool, index) => ({ path: `pools[${index}]`, least: 0, ...pool })),
  ];
  for (const pool of all) {
    if (pool.minCount > pool.maxCount) {
      problems.push({
        key: key(`${pool.path}.minCount`),
        problem: `must be at most \`maxCount\` (${pool.maxCount}), got ${pool.minCount}`,
        fix: setCommand(key(`${pool.path}.maxCount`), pool.minCount),
      });
    }
    if (pool.minCount < pool.least) {
      problems.push({
        key: key(`${pool.path}.minCount`),
        problem: `must be at least ${pool.least}: the cluster's own pods run here, got ${pool.minCount}`,
        fix: setCommand(key(`${pool.path}.minCount`), pool.least),
      });
    }
    if (section.cluster.osDisk === "Ephemeral" && !hasRoomForSystem(pool.vmSize)) {
      problems.push({
        key: key(`${pool.path}.vmSize`),
        problem: `must be a size whose local disk has room for the operating system, got "${pool.vmSize}"`,
        fix: `${setCommand(key(`${pool.path}.vmSize`), "Standard_D4ds_v5")}, or ${setCommand(key("osDisk"), "Managed")}`,
      });
    }
  }
  if (/^Standard_B/.test(systemPool.vmSize)) {
    problems.push({
      key: key("systemPool.vmSize"),
      problem: `must not be a burstable size, which AKS does not support for a system pool, got "${systemPool.vmSize}"`,
      fix: setCommand(key("systemPool.vmSize"), "Standard_D4ds_v5"),
    });
  }
  return problems;
});

const poolNames = aks((section) => {
  if (section.cluster.existingId !== undefined) return [];
  const { pools } = completeAks(section).cluster;
  const names = ["system", ...pools.map(({ name }) => name)];
  const problems: Problem[] = pools.flatMap(({ name }, index) =>
    names.indexOf(name) <= index
      ? [
          {
            key: key(`pools[${index}].name`),
            problem: `must be unique, got "${name}" again`,
            fix: "choose another name",
          },
        ]
      : [],
  );
  if (pools.length > 0 && !pools.some(({ purpose }) => purpose === "services")) {
    problems.push({
      key: key("pools"),
      problem: "must have a pool with `purpose: services`: nothing but runs would find a node",
      fix: setCommand(key("pools"), [
        ...pools.map(({ name, purpose }) => ({ name, purpose })),
        { name: "apps" },
      ]),
    });
  }
  pools.forEach(({ zones }, index) => {
    const foreign = zones.find((zone) => !completeAks(section).zones.includes(zone));
    if (foreign !== undefined) {
      problems.push({
        key: key(`pools[${index}].zones`),
        problem: `must be among \`aks.zones\`, got "${foreign}"`,
        fix: removeCommand(key(`pools[${index}].zones`)),
      });
    }
  });
  return problems;
});

/** Rules about the pools of nodes of a cluster that is made. */
export const aksPoolRules = [poolSizes, poolNames];
