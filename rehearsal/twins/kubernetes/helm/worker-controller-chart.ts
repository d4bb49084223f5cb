import { at, stringAt } from "../../framework";
import { definition, deployment, fullName, type KnownChart, serviceAccount } from "./rendered";

const GROUP = "workers.spacelift.io";

/** The chart of the worker pool controller, which brings its custom kinds unless told otherwise. */
export const workerControllerChart: KnownChart = {
  latest: "0.71.0",
  appVersion: "v0.0.38",
  defaults: { crds: { install: true } },
  render({ release, namespace, values }) {
    const name = `${fullName(release, "spacelift-workerpool-controller", values)}-controller-manager`;
    const isKept = stringAt(values, "crds", "annotations", "helm.sh/resource-policy") === "keep";
    const kinds = [
      definition(GROUP, "WorkerPool", "workerpools", isKept),
      definition(GROUP, "Worker", "workers", isKept),
    ];
    return {
      objects: [
        serviceAccount(namespace, name),
        deployment(namespace, name),
        ...(at(values, "crds", "install") === false ? [] : kinds),
      ],
      controllers: ["worker-pools"],
      installSeconds: 30,
    };
  },
};
