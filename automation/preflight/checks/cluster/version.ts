import { failed, type Finding, passed, warning } from "../../check";
import type { ServerVersion } from "./connection";

/**
 * Minor versions of Kubernetes 1: the least that the worker pool controller runs on, and those that the pinned
 * cert-manager and the other charts are made for.
 */
export const supportedMinors = { least: 26, oldest: 33, newest: 37 } as const;

const name = { id: "cluster.version", title: "Version of Kubernetes" };

/** The minor version that a server or node gives itself: `v1.34.2-eks-1a2b` → 34. */
export function minorOf(version: string): number | undefined {
  const match = /^v?1\.(\d+)/.exec(version);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** Whether everything that is installed runs on a version of Kubernetes. */
export function versionFinding({ gitVersion }: ServerVersion): Finding {
  const minor = minorOf(gitVersion);
  const { least, oldest, newest } = supportedMinors;
  if (minor === undefined) {
    return warning(
      name,
      `${gitVersion} is no version 1 of Kubernetes`,
      `use Kubernetes 1.${newest} or older`,
    );
  }
  if (minor < least) {
    return failed(
      name,
      `Kubernetes ${gitVersion} is older than 1.${least}`,
      `upgrade the cluster to 1.${oldest} or newer, one minor version at a time`,
    );
  }
  if (minor < oldest) {
    return warning(
      name,
      `Kubernetes ${gitVersion} is older than 1.${oldest}, the oldest that the installed charts are tested with`,
      `upgrade the cluster to 1.${oldest} or newer, one minor version at a time`,
    );
  }
  if (minor > newest) {
    return warning(
      name,
      `Kubernetes ${gitVersion} is newer than 1.${newest}, the newest that this program was made for`,
      "look for a newer release of this program, or rehearse the deployment on a test cluster",
    );
  }
  return passed(name, `Kubernetes ${gitVersion}`);
}
