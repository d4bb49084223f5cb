import { type Problem, removeCommand, setCommand } from "../../problems";
import { defaultVmSize, hasRoomForSystem, isBurstable, processorsOf } from "../sizes";
import { aksRule } from "../../rules/rule";

const key = (name: string): string => `aks.cluster.${name}`;

const leastProcessors = 2;

const poolSizes = aksRule(({ section, complete: { cluster } }) => {
  if (cluster.kind === "existing") return [];
  const { systemPool, pools } = cluster;
  const problems: Problem[] = [];
  const all = [
    { ...systemPool, path: "systemPool", least: 1 },
    ...pools.map((pool, index) => ({ ...pool, path: `pools[${index}]`, least: 0 })),
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
    if (processorsOf(pool.vmSize) < leastProcessors) {
      problems.push({
        key: key(`${pool.path}.vmSize`),
        problem: `must be a size with at least ${leastProcessors} processors, as AKS asks of every node, got "${pool.vmSize}"`,
        fix: setCommand(key(`${pool.path}.vmSize`), defaultVmSize),
      });
    }
    if (section.cluster.osDisk === "Ephemeral" && !hasRoomForSystem(pool.vmSize)) {
      problems.push({
        key: key(`${pool.path}.vmSize`),
        problem: `must be a size whose local disk has room for the operating system, got "${pool.vmSize}"`,
        fix: `${setCommand(key(`${pool.path}.vmSize`), defaultVmSize)}, or ${setCommand(key("osDisk"), "Managed")}`,
      });
    }
  }
  if (isBurstable(systemPool.vmSize)) {
    problems.push({
      key: key("systemPool.vmSize"),
      problem: `must not be a burstable size, which AKS does not support for a system pool, got "${systemPool.vmSize}"`,
      fix: setCommand(key("systemPool.vmSize"), defaultVmSize),
    });
  }
  return problems;
});

const poolNames = aksRule(({ complete: { cluster, zones: ofPlatform } }) => {
  if (cluster.kind === "existing") return [];
  const { pools, systemPool } = cluster;
  const names = [systemPool.name, ...pools.map(({ name }) => name)];
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
    const foreign = zones.find((zone) => !ofPlatform.includes(zone));
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

/** Rules about the node pools of a new cluster. */
export const aksPoolRules = [poolSizes, poolNames];
