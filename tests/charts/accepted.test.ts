import assert from "node:assert/strict";
import type { ApiClient } from "../live/ground/api-client";
import { startApiServer } from "../live/ground/api-server";
import { goBuildTimeout } from "../live/ground/go-programs";
import { forSuite } from "../support/peers/suite";
import type { Manifest } from "../../rehearsal/twins/kubernetes/api/manifest";
import { scratchFolder } from "../support/scratch";
import { needsCharts } from "./support/chart-folder";
import { ClusterView } from "./support/cluster-view";
import { planner } from "./support/planned";
import { scenarios } from "./support/scenarios";

// Held against an API server that validates strictly, field by field, what Helm renders and what the program adds.
describe("an API server", function () {
  this.timeout(300_000);
  needsCharts();
  const plan = planner();
  const folder = scratchFolder();
  const server = forSuite(startApiServer, goBuildTimeout);

  for (const { title, config } of scenarios) {
    it(`takes everything: ${title}`, async () => {
      const { objects } = await ClusterView.of(await plan(config()), folder());
      const { api } = server();
      await prepare(api, objects);
      const refused: string[] = [];
      for (const object of objects) {
        const answer = await apply(api, object, "&dryRun=All");
        if (answer !== undefined) refused.push(answer);
      }
      assert.deepEqual(refused, []);
    });
  }
});

/** Makes for good what others need to be tried: namespaces and definitions of kinds. */
async function prepare(api: ApiClient, objects: readonly Manifest[]): Promise<void> {
  const namespaces = new Set(objects.flatMap(({ metadata }) => metadata.namespace ?? []));
  const wanted: Manifest[] = [
    ...[...namespaces].map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
    ...objects.filter(({ kind }) => kind === "CustomResourceDefinition"),
  ];
  for (const object of wanted) assert.equal(await apply(api, object), undefined);
}

/** Applies an object as the provider does, on the server's side and strictly; says why not where it is refused. */
async function apply(api: ApiClient, object: Manifest, more = ""): Promise<string | undefined> {
  const { namespace, name } = object.metadata;
  const base = object.apiVersion.includes("/") ? `/apis/${object.apiVersion}` : `/api/${object.apiVersion}`;
  const plural = await pluralOf(api, base, object.kind);
  const path = `${base}${namespace === undefined ? "" : `/namespaces/${namespace}`}/${plural}/${name}`;
  const query = `?fieldManager=tests&force=true&fieldValidation=Strict${more}`;
  const { status, body } = await api.send("PATCH", path + query, object, "application/apply-patch+yaml");
  if (status < 300) return undefined;
  const { message } = body as { readonly message?: string };
  return `${object.kind} ${namespace ?? ""}/${name}: ${message ?? status}`;
}

const plurals = new Map<string, string>();

/** What the server calls a kind in paths; asked again until it serves a kind whose definition it has just taken. */
async function pluralOf(api: ApiClient, base: string, kind: string): Promise<string> {
  const known = plurals.get(`${base} ${kind}`);
  if (known !== undefined) return known;
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { body } = await api.send("GET", base);
    const { resources = [] } = body as {
      readonly resources?: readonly { readonly kind: string; readonly name: string }[];
    };
    const found = resources.find((each) => each.kind === kind && !each.name.includes("/"));
    if (found !== undefined) {
      plurals.set(`${base} ${kind}`, found.name);
      return found.name;
    }
    if (Date.now() > deadline) throw new Error(`the API server does not serve ${base} ${kind}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
