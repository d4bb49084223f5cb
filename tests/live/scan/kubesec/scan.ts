import { join } from "node:path";
import { z } from "zod";
import { runCommand } from "../../../../peers/run-command";
import type { Manifest } from "../../../../rehearsal/twins/kubernetes/api/manifest";
import { goProgram } from "../../ground/go-programs";
import { kubesecPrograms } from "../../ground/programs";
import { documentsOf, writeSchemas } from "../schemas/kubernetes";

/** What kubesec says about one workload. */
export interface Rated {
  /** Name of the rule: `RunAsNonRoot`. */
  readonly rule: string;
  /** `Deployment spacelift/spacelift-server`. */
  readonly object: string;
}

/** What kubesec says about workloads. */
export interface Ratings {
  /** What makes them safer, and is there in one container at least. */
  readonly passed: readonly Rated[];
  /** What would make them safer, and is in no container. */
  readonly advised: readonly Rated[];
  /** What makes them dangerous, in one container at least. */
  readonly critical: readonly Rated[];
}

const rules = z.array(z.object({ id: z.string() })).default([]);
const report = z.array(
  z.object({
    object: z.string(),
    valid: z.literal(true),
    scoring: z.object({ passed: rules, advise: rules, critical: rules }),
  }),
);

/** The kinds that the rules are for, beside bare pods. Jobs are none of them. */
const workloads = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

const limitMs = 120_000;

/** Runs kubesec over the workloads among objects; the schemas that it asks for are written beside, so that it needs no network. */
export async function rate(objects: readonly Manifest[], scratch: string): Promise<Ratings> {
  const wanted = objects.filter(({ kind }) => workloads.has(kind));
  const location = await writeSchemas([], join(scratch, "schemas"));
  const { code, stdout, stderr } = await runCommand(
    await goProgram(kubesecPrograms),
    ["scan", "-", "--schema-location", location],
    { input: documentsOf(wanted), timeoutMs: limitMs },
  );
  // 2 says that something has a score of 0 or less.
  if (code !== 0 && code !== 2) throw new Error(`kubesec ended with code ${String(code)}: ${stderr}`);
  const reports = report.parse(JSON.parse(stdout));
  if (reports.length !== wanted.length) {
    throw new Error(`kubesec rates ${reports.length} of ${wanted.length} workloads`);
  }
  const of = (grade: "passed" | "advise" | "critical"): readonly Rated[] =>
    reports.flatMap(({ object, scoring }) =>
      scoring[grade].map(({ id }) => ({ rule: id, object: objectOf(object) })),
    );
  return { passed: of("passed"), advised: of("advise"), critical: of("critical") };
}

/** `Deployment/spacelift-server.spacelift` as `Deployment spacelift/spacelift-server`. */
function objectOf(name: string): string {
  const [, kind, own, namespace] = /^([^/]+)\/(.+)\.([^.]+)$/.exec(name) ?? [];
  if (kind === undefined || own === undefined || namespace === undefined) {
    throw new Error(`kubesec names an object in another way: ${name}`);
  }
  return `${kind} ${namespace}/${own}`;
}
