import {
  type Range,
  contains,
  includes,
  isPrivate,
  overlaps,
  overlayNodes,
  parseAddress,
  parseRange,
  reservedRanges,
  subnetCapacity,
} from "../cidr";
import { defaults } from "../sizes";
import { type Problem, removeCommand, setCommand } from "../../problems";
import { aksRule } from "../../rules/rule";

interface NamedRange {
  readonly name: string;
  readonly text: string;
  readonly range: Range;
}

const key = (name: string): string => `aks.network.${name}`;

function named<K extends string>(of: Readonly<Record<K, string>>, ...names: readonly K[]): NamedRange[] {
  return names.flatMap((name) => {
    const range = parseRange(of[name]);
    return range === undefined ? [] : [{ name, text: of[name], range }];
  });
}

const subnets = aksRule(({ complete: { network } }) => {
  if (network.kind === "existing") return [];
  const [space] = named(network, "addressSpace");
  const inner = named(network, "nodeCidr", "databaseCidr");
  const [nodes, database] = inner;
  const problems: Problem[] = [];
  for (const each of inner) {
    if (space && !contains(space.range, each.range)) {
      problems.push({
        key: key(each.name),
        problem: `must lie inside \`addressSpace\` (${space.text}), got "${each.text}"`,
        fix: `choose a part of ${space.text}, or a larger \`addressSpace\``,
      });
    }
  }
  if (nodes && database && overlaps(nodes.range, database.range)) {
    problems.push({
      key: key("databaseCidr"),
      problem: `must not overlap with \`nodeCidr\` (${nodes.text}), got "${database.text}"`,
      fix: `choose another part of \`addressSpace\``,
    });
  }
  if (database && database.range.prefix > 28) {
    problems.push({
      key: key("databaseCidr"),
      problem: `must be a /28 or larger, got "${database.text}"`,
      fix: setCommand(key("databaseCidr"), defaults.databaseCidr),
    });
  }
  return problems;
});

const disjoint = aksRule(({ section, complete: { network, cluster } }) => {
  const own = [
    ...(network.kind === "new" ? named(network, "addressSpace") : []),
    ...(cluster.kind === "new" ? named(cluster, "podCidr", "serviceCidr") : []),
  ];
  const problems: Problem[] = [];
  own.forEach((each, index) => {
    const reserved = reservedRanges.find((text) => {
      const range = parseRange(text);
      return range !== undefined && overlaps(range, each.range);
    });
    if (reserved !== undefined) {
      problems.push({
        key: key(each.name),
        problem: `must not overlap with ${reserved}, which AKS uses itself, got "${each.text}"`,
        fix: "choose another range",
      });
    }
    if (!isPrivate(each.range)) {
      problems.push({
        key: key(each.name),
        problem: `must be a range of private networks, got "${each.text}"`,
        fix: "choose a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
      });
    }
    const clash = own.slice(0, index).find(({ range }) => overlaps(range, each.range));
    if (clash) {
      problems.push({
        key: key(each.name),
        problem: `must not overlap with \`${clash.name}\` (${clash.text}), got "${each.text}"`,
        fix: "choose another range",
      });
    }
    section.network.reachableRanges.forEach((text, peer) => {
      const range = parseRange(text);
      if (range && overlaps(range, each.range)) {
        problems.push({
          key: key(each.name),
          problem: `must not overlap with \`reachableRanges[${peer}]\` (${text}), got "${each.text}"`,
          fix: "choose another range",
        });
      }
    });
  });
  return problems;
});

const services = aksRule(({ complete: { cluster } }) => {
  if (cluster.kind === "existing") return [];
  const [range] = named(cluster, "serviceCidr");
  const { dnsServiceIp } = cluster;
  if (!range) return [];
  const problems: Problem[] = [];
  if (range.range.prefix <= 12 || range.range.prefix > 28) {
    problems.push({
      key: key("serviceCidr"),
      problem: `must be between a /13 and a /28, got "${range.text}"`,
      fix: setCommand(key("serviceCidr"), defaults.serviceCidr),
    });
  }
  const address = parseAddress(dnsServiceIp);
  if (address !== undefined && (!includes(range.range, address) || address <= range.range.base + 1)) {
    problems.push({
      key: key("dnsServiceIp"),
      problem: `must lie inside \`serviceCidr\` (${range.text}) behind its first two addresses, got "${dnsServiceIp}"`,
      fix: removeCommand(key("dnsServiceIp")),
    });
  }
  return problems;
});

const capacity = aksRule(({ complete: { network, cluster } }) => {
  if (cluster.kind === "existing") return [];
  const most = [cluster.systemPool, ...cluster.pools].map(({ maxCount }) => maxCount);
  // An upgrade adds a third of each pool before it takes the old nodes away.
  const wanted = most.reduce((sum, count) => sum + count + Math.ceil(count * 0.33), 0);
  const [pods] = named(cluster, "podCidr");
  const [nodes] = network.kind === "new" ? named(network, "nodeCidr") : [];
  const problems: Problem[] = [];
  if (pods && overlayNodes(pods.range) < wanted) {
    problems.push({
      key: key("podCidr"),
      problem: `must be enough for ${wanted} nodes, those of an upgrade included, got "${pods.text}" for ${overlayNodes(pods.range)}`,
      fix: setCommand(key("podCidr"), defaults.podCidr),
    });
  }
  if (nodes && subnetCapacity(nodes.range) < wanted) {
    problems.push({
      key: key("nodeCidr"),
      problem: `must be enough for ${wanted} nodes, those of an upgrade included, got "${nodes.text}" for ${subnetCapacity(nodes.range)}`,
      fix: setCommand(key("nodeCidr"), defaults.nodeCidr),
    });
  }
  return problems;
});

/** Rules about the ranges of a new network and a new cluster. */
export const aksNetworkRules = [subnets, disjoint, services, capacity];
