import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { runCommand } from "../../../peers/run-command";
import { goProgram } from "../../live/ground/go-programs";
import { helmPrograms } from "../../live/ground/programs";
import type { Manifest } from "../../../rehearsal/twins/kubernetes/api/manifest";
import { chartFolder } from "./chart-folder";
import type { PlannedRelease } from "./planned";

/** The Kubernetes that charts are rendered for. */
export const KUBE_VERSION = "1.34.4";

// Without a cluster, Helm takes it for one of a few old interfaces, and charts fall back to what is long gone.
const apiVersions = [
  "policy/v1",
  "policy/v1/PodDisruptionBudget",
  "networking.k8s.io/v1",
  "apps/v1",
  "batch/v1",
  "rbac.authorization.k8s.io/v1",
];

/** What a chart makes of values: objects, or why Helm refuses them. */
export type Rendered = { readonly objects: readonly Manifest[] } | { readonly refused: string };

/** Renders a release as its chart does, with other values and the jobs of Helm's hooks where those are wanted. */
export async function render(
  release: PlannedRelease,
  scratch: string,
  { values = release.values, hooks = false }: { readonly values?: object; readonly hooks?: boolean } = {},
): Promise<Rendered> {
  const folder = await chartFolder(release.chart);
  if (folder === undefined) throw new Error(`no chart ${release.chart.chart} ${release.chart.version}`);
  const file = join(scratch, `${release.name}-values.yaml`);
  await writeFile(file, stringify(values));
  const { code, stdout, stderr } = await runCommand(await goProgram(helmPrograms), [
    ...["template", release.name, folder, "--namespace", release.namespace, "--values", file],
    ...["--include-crds", ...(hooks ? [] : ["--no-hooks"]), "--kube-version", KUBE_VERSION],
    ...["--api-versions", apiVersions.join(",")],
  ]);
  if (code !== 0) return { refused: stderr };
  const objects = parseAllDocuments(stdout)
    .map((document) => document.toJS() as Manifest | null)
    .filter((object) => object !== null);
  return { objects };
}

/** The objects that a chart makes of the values of a release; throws when Helm refuses them. */
export async function rendered(release: PlannedRelease, scratch: string): Promise<readonly Manifest[]> {
  const result = await render(release, scratch);
  if ("refused" in result) throw new Error(`helm template ${release.name}: ${result.refused}`);
  return result.objects;
}
