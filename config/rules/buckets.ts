import { removeCommand, setCommand } from "../problems";
import { bucketRoles, defaultBucketName } from "../sections/buckets";
import type { Rule } from "./rule";

const neverExpired: Rule = ({ buckets }) =>
  (["states", "modules"] as const).flatMap((role) =>
    buckets?.[role].expireAfterDays === undefined
      ? []
      : [
          {
            key: `buckets.${role}.expireAfterDays`,
            problem: "must not be set: these objects are the only copy of what they hold",
            fix: removeCommand(`buckets.${role}.expireAfterDays`),
          },
        ],
  );

const distinctBuckets: Rule = ({ buckets }) => {
  if (!buckets) return [];
  return bucketRoles.flatMap((role) => {
    const { name } = buckets[role];
    const owner = bucketRoles.find((other) => other !== role && buckets[other].name === name);
    // Of two that clash, the one with a chosen name is to be fixed; of two chosen ones, the later.
    const isLater = owner !== undefined && bucketRoles.indexOf(owner) < bucketRoles.indexOf(role);
    const isChosen = name !== defaultBucketName(role);
    const toMend = owner !== undefined && isChosen && (isLater || name === defaultBucketName(owner));
    return toMend
      ? [
          {
            key: `buckets.${role}.name`,
            problem: `must be another bucket than that of \`${owner}\`, got "${name}" for both`,
            fix: removeCommand(`buckets.${role}.name`),
          },
        ]
      : [];
  });
};

const binaries: Rule = ({ buckets }) =>
  buckets && !buckets.createBinaries && Object.keys(buckets.binaries).length > 1
    ? [
        {
          key: "buckets.binaries",
          problem: "describes a bucket that is not created",
          fix: `${setCommand("buckets.createBinaries", true)}, or ${removeCommand("buckets.binaries")}`,
        },
      ]
    : [];

const backups: Rule = ({ buckets, upgrade, target }) => {
  if (!buckets || Object.keys(buckets.backups).length <= 1) return [];
  if (target === "onprem" && upgrade?.backup === true) return [];
  return [
    {
      key: "buckets.backups",
      problem: "describes a bucket that is not created",
      fix:
        target === "onprem"
          ? `${setCommand("upgrade.backup", true)}, or ${removeCommand("buckets.backups")}`
          : removeCommand("buckets.backups"),
    },
  ];
};

export const bucketRules: readonly Rule[] = [neverExpired, distinctBuckets, binaries, backups];
