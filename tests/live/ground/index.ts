import { type Cluster, startCluster } from "./cluster";
import { type Issuing, startIssuing } from "./issuing";
import { type StandInCharts, standInCharts } from "./stand-in-charts";

/** A cluster with what charts and certificates need around it. */
export interface Ground {
  readonly cluster: Cluster;
  readonly issuing: Issuing;
  /** Settings of a stack that name the charts of the tests. */
  readonly charts: StandInCharts["settings"];
  readonly stop: () => Promise<void>;
}

/** Starts it all; what was started goes when something fails. */
export async function startGround(): Promise<Ground> {
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
    return { cluster, issuing, charts: charts.settings, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
