import { z } from "zod";
import { dnsLabel, field, imageReference, line } from "../formats";
import { resources } from "./services";

const json = z.record(z.string(), z.json());

const pool = z.strictObject({
  name: field(dnsLabel, "Name of the WorkerPool.", "default"),
  size: field(z.number().int().min(0).max(1000).default(1), "Number of workers. Each is billed, even idle."),
  space: field(
    line.optional(),
    "Space of an auto-registered pool. Default: the API key's own choice, the root space.",
    "root",
  ),
  description: field(
    z.string().optional(),
    "Description of an auto-registered pool.",
    "Runs of the platform team",
  ),
  resources: field(
    z
      .strictObject({
        init: resources.optional(),
        launcher: resources.optional(),
        worker: resources.optional(),
      })
      .default({}),
    "Resources of the three containers of a run. Each has a default, so that none is left to an admission controller.",
    { worker: { requests: { cpu: "2", memory: "2Gi" } } },
  ),
  runnerImage: field(
    imageReference.optional(),
    "Default runner image, where the public one cannot be pulled.",
    "registry.example.com/runner-terraform:latest",
  ),
  spec: field(
    json.default({}),
    "Further fields of the WorkerPool's `spec`, merged last: lists of volumes, mounts, variables, containers, pull secrets and tolerations are added to, an entry of the same name is replaced, `null` takes a field away.",
    { pod: { volumes: [{ name: "cache", emptyDir: {} }] } },
  ),
});

/** `spacelift:workers`: the worker pool controller and the pools in this cluster. */
export const workers = z.strictObject({
  enabled: field(z.boolean().default(true), "Install the controller and the pools."),
  namespace: field(
    dnsLabel.default("spacelift-workers"),
    "Namespace the runs execute in, apart from Spacelift's own.",
  ),
  createNamespace: field(z.boolean().default(true), "Create `namespace`. `false`: it exists already."),
  controllerNamespace: field(
    dnsLabel.default("spacelift-worker-controller-system"),
    "Namespace of the controller and its API credentials.",
  ),
  createControllerNamespace: field(
    z.boolean().default(true),
    "Create `controllerNamespace`. `false`: it exists already.",
  ),
  apiKeyId: field(
    line.optional(),
    "Id of the API key pools register themselves with, from v3.7.0. Its secret is `workerApiKeySecret`.",
    "01HX0000000000000000000000",
  ),
  apiKeyType: field(
    z.enum(["secret", "oidc"]).default("secret"),
    "Kind of that key. `oidc`: it has no secret and trusts the token of the controller's service account.",
  ),
  pools: field(
    z.array(pool).default([]),
    "The pools. One is created as soon as there are credentials for it: the API key, or its entry in `workerPoolCredentials`.",
    [{ name: "default", size: 2 }],
  ),
  helmValues: field(json.default({}), "Values merged last into the controller's chart."),
});
