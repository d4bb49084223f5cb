import { join } from "node:path";
import { z } from "zod";
import { runCommand } from "../../../../peers/run-command";
import type { Manifest } from "../../../../rehearsal/twins/kubernetes/api/manifest";
import { goProgram } from "../../ground/go-programs";
import { kubeconformPrograms } from "../../ground/programs";
import { documentsOf, writeSchemas } from "../schemas/kubernetes";

/** What kubeconform says about objects. */
export interface Conformity {
  /** Objects that are as their schemas ask, as `Deployment spacelift-server`. */
  readonly valid: readonly string[];
  /** What is wrong, object by object. */
  readonly invalid: readonly string[];
  /** Kinds that no schema is there for. */
  readonly unknown: readonly string[];
}

const report = z.object({
  resources: z.array(
    z.object({
      kind: z.string(),
      name: z.string(),
      status: z.enum(["statusValid", "statusInvalid", "statusError", "statusSkipped", "statusEmpty"]),
      msg: z.string(),
    }),
  ),
});

const limitMs = 120_000;

/** Validates objects strictly, by what Kubernetes says of its kinds and definitions among the objects say of theirs. */
export async function conform(objects: readonly Manifest[], scratch: string): Promise<Conformity> {
  const location = await writeSchemas(objects, join(scratch, "schemas"));
  const { code, stdout, stderr } = await runCommand(
    await goProgram(kubeconformPrograms),
    ["-strict", "-verbose", "-output", "json", "-ignore-missing-schemas", "-schema-location", location, "-"],
    {
      input: documentsOf(objects),
      timeoutMs: limitMs,
    },
  );
  // 1 says that something is invalid.
  if (code !== 0 && code !== 1) throw new Error(`kubeconform ended with code ${String(code)}: ${stderr}`);
  const { resources } = report.parse(JSON.parse(stdout));
  const of = (...statuses: readonly string[]): typeof resources =>
    resources.filter(({ status }) => statuses.includes(status));
  return {
    valid: of("statusValid").map(({ kind, name }) => `${kind} ${name}`),
    invalid: of("statusInvalid", "statusError").map(({ kind, name, msg }) => `${kind} ${name}: ${msg}`),
    unknown: [...new Set(of("statusSkipped", "statusEmpty").map(({ kind }) => kind))].sort(),
  };
}
