import { chartsOf } from "../../../config/versions";
import { untriedVersions } from "../../../config/rules/releases";
import { isLocalChart } from "../../../config/files/paths";
import { type Check, type FindingName, passed, warning } from "../check";

const versions: FindingName = { id: "release.charts", title: "Charts of the release" };

/** Says which charts a release gets, and what of it nobody here has tried. What does not fit is refused before. */
export const releaseCheck: Check = {
  id: "release",
  title: "Release and charts",
  run: ({ settings }) => {
    const { version, charts } = settings;
    const untried = untriedVersions(settings);
    if (untried.length > 0) {
      const fix = "try it on a stack that may fail first, or take versions that are known here";
      return Promise.resolve([warning(versions, untried.join("; "), fix)]);
    }
    const fitting = chartsOf(version);
    const told = (["spacelift", "workerController"] as const).map((name) => {
      const { chart = fitting[name].chart, version: pinned = fitting[name].version } = charts[name];
      return isLocalChart(chart) ? chart : `${chart} ${pinned}`;
    });
    return Promise.resolve([passed(versions, `${version} gets ${told.join(" and ")}`)]);
  },
};
