import { stringify } from "yaml";
import { z } from "zod";
import { runCommand } from "../../../../peers/run-command";
import type { Manifest } from "../../../../rehearsal/twins/kubernetes/api/manifest";
import { goProgram } from "../../ground/go-programs";
import { kubeScorePrograms } from "../../ground/programs";

/** What kube-score says about one object. */
export interface Score {
  /** What is wrong, as `container-resources: Memory limit is not set`; of what is passed, `container-resources`. */
  readonly check: string;
  /** `Deployment spacelift/spacelift-server`. */
  readonly object: string;
}

/** What kube-score says about objects. */
export interface Scores {
  readonly passed: readonly Score[];
  readonly failed: readonly Score[];
}

const report = z.array(
  z.object({
    type_meta: z.object({ kind: z.string() }),
    object_meta: z.object({ name: z.string(), namespace: z.string().optional() }),
    checks: z
      .array(
        z.object({
          check: z.object({ id: z.string() }),
          grade: z.number(),
          skipped: z.boolean(),
          comments: z.array(z.object({ summary: z.string() })).nullable(),
        }),
      )
      .nullable(),
  }),
);

/** The best grade; everything below has something to say. */
const ALL_OK = 10;
const limitMs = 120_000;

/** Runs kube-score over objects as a cluster of a version gets them. It needs no cluster and no network. */
export async function score(
  objects: readonly Manifest[],
  { kubernetes, without = [] }: { readonly kubernetes: string; readonly without?: readonly string[] },
): Promise<Scores> {
  const ignored = without.flatMap((check) => ["--ignore-test", check]);
  const version = kubernetes.split(".").slice(0, 2).join(".");
  const { code, stdout, stderr } = await runCommand(
    await goProgram(kubeScorePrograms),
    ["score", "-", "--output-format", "json", "--kubernetes-version", `v${version}`, ...ignored],
    { input: objects.map((object) => stringify(object)).join("---\n"), timeoutMs: limitMs },
  );
  // 1 says that it found something.
  if (code !== 0 && code !== 1) throw new Error(`kube-score ended with code ${String(code)}: ${stderr}`);
  const checks = report.parse(JSON.parse(stdout)).flatMap(({ type_meta, object_meta, checks }) =>
    (checks ?? [])
      .filter(({ skipped }) => !skipped)
      .map((each) => ({
        ...each,
        object: `${type_meta.kind} ${object_meta.namespace ?? ""}/${object_meta.name}`,
      })),
  );
  return {
    passed: checks
      .filter(({ grade }) => grade >= ALL_OK)
      .map(({ check, object }) => ({ check: check.id, object })),
    failed: checks
      .filter(({ grade }) => grade < ALL_OK)
      .flatMap(({ check, object, comments }) =>
        (comments ?? []).map(({ summary }) => ({ check: `${check.id}: ${summary}`, object })),
      ),
  };
}
