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
import { completeAks } from "../complete";
import { type Problem, removeCommand, setCommand } from "../../problems";
import type { AksSection } from "../settings";
import { aks, makesNetwork } from "./rule";

interface NamedRange {
  readonly name: string;
  readonly text: string;
  readonly range: Range;
}

const key = (name: string): string => `aks.network.${name}`;

const makesCluster = ({ cluster }: AksSection): boolean => cluster.existingId === undefined;

function named(
  section: AksSection,
  names: readonly (keyof ReturnType<typeof completeAks>["network"])[],
): NamedRange[] {
  const { network } = completeAks(section);
  return names.flatMap((name) => {
    const range = parseRange(network[name]);
    return range === undefined ? [] : [{ name, text: network[name], range }];
  });
}

const subnets = aks((section) => {
  if (!makesNetwork(section)) return [];
  const [space] = named(section, ["addressSpace"]);
  const inner = named(section, ["nodeCidr", "databaseCidr"]);
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
      fix: setCommand(key("databaseCidr"), "10.30.4.0/26"),
    });
  }
  return problems;
});

const disjoint = aks((section) => {
  const spaces = makesNetwork(section) ? (["addressSpace"] as const) : [];
  const own = named(section, [
    ...spaces,
    ...(makesCluster(section) ? (["podCidr", "serviceCidr"] as const) : []),
  ]);
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

const services = aks((section) => {
  if (!makesCluster(section)) return [];
  const [range] = named(section, ["serviceCidr"]);
  const { dnsServiceIp } = completeAks(section).network;
  if (!range) return [];
  const problems: Problem[] = [];
  if (range.range.prefix <= 12 || range.range.prefix > 28) {
    problems.push({
      key: key("serviceCidr"),
      problem: `must be between a /13 and a /28, got "${range.text}"`,
      fix: setCommand(key("serviceCidr"), "10.245.0.0/20"),
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

const capacity = aks((section) => {
  if (!makesCluster(section)) return [];
  const { cluster } = completeAks(section);
  const most = [cluster.systemPool, ...cluster.pools].map(({ maxCount }) => maxCount);
  // An upgrade adds a third of each pool before it takes the old nodes away.
  const wanted = most.reduce((sum, count) => sum + count + Math.ceil(count * 0.33), 0);
  const [pods] = named(section, ["podCidr"]);
  const [nodes] = makesNetwork(section) ? named(section, ["nodeCidr"]) : [];
  const problems: Problem[] = [];
  if (pods && overlayNodes(pods.range) < wanted) {
    problems.push({
      key: key("podCidr"),
      problem: `must be enough for ${wanted} nodes, those of an upgrade included, got "${pods.text}" for ${overlayNodes(pods.range)}`,
      fix: setCommand(key("podCidr"), "10.244.0.0/16"),
    });
  }
  if (nodes && subnetCapacity(nodes.range) < wanted) {
    problems.push({
      key: key("nodeCidr"),
      problem: `must be enough for ${wanted} nodes, those of an upgrade included, got "${nodes.text}" for ${subnetCapacity(nodes.range)}`,
      fix: setCommand(key("nodeCidr"), "10.30.0.0/22"),
    });
  }
  return problems;
});

/** Rules about the network that is made for the Azure target. */
export const aksNetworkRules = [subnets, disjoint, services, capacity];
