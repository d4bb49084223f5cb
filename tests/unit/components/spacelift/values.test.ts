import assert from "node:assert/strict";
import { Ajv, type ValidateFunction } from "ajv";
import { mergeValues } from "../../../../components/json";
import {
  type SpaceliftValuesOptions,
  podSelector,
  serviceNames,
  spaceliftValues,
} from "../../../../components/spacelift/values";
import { chartsOf } from "../../../../config/versions";
import { spaceliftSchema } from "../../../../rehearsal/twins/kubernetes/helm/values-schema";

const service = { replicas: 3, nodeSelector: {}, tolerations: [] };
const options: SpaceliftValuesOptions = {
  releaseName: "spacelift",
  image: "registry.example.com/spacelift-backend:v3.0.0",
  domain: "spacelift.example.com",
  secretNames: { shared: "spacelift-shared", server: "spacelift-server", drain: "spacelift-drain" },
  serviceAccountName: "spacelift-backend",
  services: { server: service, drain: service, scheduler: service, vcsGateway: service },
  hasScheduler: true,
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

const schemaOf = (release: string): ValidateFunction => {
  const { version } = chartsOf(release).spacelift;
  const schema = spaceliftSchema(version);
  assert.ok(schema, version);
  return new Ajv({ strict: false, allErrors: true }).compile(schema);
};

describe("spaceliftValues", () => {
  let validate: ValidateFunction;
  before(() => {
    validate = schemaOf("v3.0.0");
  });

  for (const release of ["v3.0.0", "v6.3.0", "v6.4.0"]) {
    for (const [title, each] of Object.entries({
      "the defaults": options,
      "everything switched on": everything,
      "no scheduler": { ...everything, hasScheduler: false },
    })) {
      it(`satisfies the schema of the chart of ${release} with ${title}`, () => {
        const validateThat = schemaOf(release);
        assert.ok(validateThat(spaceliftValues(each)), JSON.stringify(validateThat.errors));
      });
    }
  }

  it("has no pods of a scheduler that the release does not need, whatever the chart deploys", () => {
    assert.deepEqual(spaceliftValues({ ...everything, hasScheduler: false }).scheduler, { replicaCount: 0 });
    assert.equal(spaceliftValues(everything).scheduler.replicaCount, 3);
  });

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
      const labels = (values[name] as { podLabels?: unknown } | undefined)?.podLabels;
      assert.deepEqual(labels, { "azure.workload.identity/use": "true" }, name);
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
