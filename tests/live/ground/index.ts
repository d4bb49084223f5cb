import { dirname } from "node:path";
import { type Cluster, startCluster } from "./cluster";
import { goProgram } from "./go-programs";
import { type Issuing, startIssuing } from "./issuing";
import { kubernetesProviderPrograms } from "./programs";
import { type StandInCharts, standInCharts } from "./stand-in-charts";

/** Everything under a stack whose cluster is real. */
export interface Ground {
  readonly cluster: Cluster;
  readonly issuing: Issuing;
  /** Folder with the real Kubernetes provider, for the search path of the engine. */
  readonly providerFolder: string;
  /** Settings of a stack that name the charts of the tests. */
  readonly charts: StandInCharts["settings"];
  readonly stop: () => Promise<void>;
}

/** Starts it all; what was started goes when something fails. */
export async function startGround(): Promise<Ground> {
  const providerFolder = dirname(await goProgram(kubernetesProviderPrograms));
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of stops.reverse()) await step();
    stops.length = 0;
  };
  try {
    const cluster = await startCluster();
    stops.push(cluster.stop);
    const issuing = await startIssuing(cluster);
    stops.push(issuing.stop);
    const charts = await standInCharts(issuing);
    stops.push(charts.stop);
    return { cluster, issuing, providerFolder, charts: charts.settings, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
