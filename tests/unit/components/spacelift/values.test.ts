import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { mergeValues } from "../../../../components/json";
import {
  type SpaceliftValuesOptions,
  podSelector,
  serviceNames,
  spaceliftValues,
} from "../../../../components/spacelift/values";
import { charts } from "../../../../components/versions";

const schemaFile = `../../../../rehearsal/twins/kubernetes/charts/${charts.spacelift.chart}-${charts.spacelift.version}.values.schema.json`;

const service = { replicas: 3, nodeSelector: {}, tolerations: [] };
const options: SpaceliftValuesOptions = {
  releaseName: "spacelift",
  image: "registry.example.com/spacelift-backend:v3.0.0",
  domain: "spacelift.example.com",
  secretNames: { shared: "spacelift-shared", server: "spacelift-server", drain: "spacelift-drain" },
  serviceAccountName: "spacelift-backend",
  services: { server: service, drain: service, scheduler: service, vcsGateway: service },
  podLabels: {},
  ingress: {
    className: "nginx",
    annotations: {},
    vcsGatewayAnnotations: {},
    vcsGatewayServiceAnnotations: {},
  },
  mqtt: { serviceType: "ClusterIP", annotations: {}, allowedRanges: [] },
};

const everything: SpaceliftValuesOptions = {
  ...options,
  services: {
    ...options.services,
    drain: {
      replicas: 2,
      resources: { requests: { cpu: "1" }, limits: { memory: "2Gi" } },
      nodeSelector: { pool: "spacelift" },
      tolerations: [{ key: "dedicated", operator: "Exists", effect: "NoSchedule" }],
      affinity: { nodeAffinity: {} },
    },
  },
  checksums: { server: "a", drain: "b", scheduler: "c", vcsGateway: "d" },
  podLabels: { "azure.workload.identity/use": "true" },
  databaseCaConfigMap: "spacelift-database-ca",
  mqtt: { serviceType: "LoadBalancer", annotations: { a: "b" }, allowedRanges: ["10.0.0.0/8"] },
  vcsGatewayDomain: "vcs.example.com",
};

describe("spaceliftValues", () => {
  let validate: ValidateFunction;
  before(() => {
    const schema = JSON.parse(readFileSync(join(__dirname, schemaFile), "utf8")) as object;
    validate = new Ajv({ strict: false, allErrors: true }).compile(schema);
  });

  for (const [title, each] of Object.entries({
    "the defaults": options,
    "everything switched on": everything,
  })) {
    it(`satisfies the chart's schema with ${title}`, () => {
      assert.ok(validate(spaceliftValues(each)), JSON.stringify(validate.errors));
    });
  }

  it("would not satisfy it with a misspelled key", () => {
    assert.ok(!validate(mergeValues(spaceliftValues(options), { server: { replicas: 3 } })));
  });

  it("keeps the Ingress for another cloud off and names secrets instead of holding them", () => {
    const values = spaceliftValues(options);
    assert.deepEqual(values.ingressV6, { enabled: false });
    assert.deepEqual(values.shared, {
      image: "registry.example.com/spacelift-backend:v3.0.0",
      secretRef: "spacelift-shared",
      serverHostname: "spacelift.example.com",
    });
    assert.deepEqual(values.serviceAccount, { create: false, name: "spacelift-backend" });
  });

  it("labels all four workloads for workload identity", () => {
    const values = spaceliftValues(everything);
    for (const name of serviceNames) {
      assert.deepEqual(values[name]?.podLabels, { "azure.workload.identity/use": "true" }, name);
    }
  });

  it("leaves the gateway out without a domain", () => {
    assert.ok(!("vcsGateway" in spaceliftValues(options)));
  });

  it("uses one port for the broker", () => {
    const { server, mqttService } = spaceliftValues(options);
    assert.equal(server.mqttPort, mqttService.port);
  });
});

describe("podSelector", () => {
  it("selects by the labels of the chart", () => {
    assert.deepEqual(podSelector("server", "spacelift"), {
      "app.kubernetes.io/name": "spacelift-self-hosted",
      "app.kubernetes.io/instance": "spacelift",
    });
    assert.deepEqual(podSelector("vcsGateway", "spacelift"), {
      "app.kubernetes.io/name": "spacelift-self-hosted-vcs-gateway",
      "app.kubernetes.io/instance": "spacelift-vcs-gateway",
    });
  });
});
