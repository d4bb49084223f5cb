import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Deployed } from "../config/restore-point";

const restorePoint = z.object({ before: z.string(), name: z.string(), takenAt: z.string() });

const answer = z.object({
  outputs: z.looseObject({
    version: z.string().optional(),
    // Of a future version of this program, it may have another form.
    restorePoint: restorePoint.optional().catch(undefined),
  }),
});

/** What backends other than Pulumi Cloud call the one organization they have. */
const NO_ORGANIZATION = "organization";

/**
 * What runs as far as the state of the stack knows, by its outputs: a run writes `version` once the Helm release is
 * deployed. Undefined before.
 *
 * The engine reads the state of a stack for whoever asks, the running stack included, and that makes no resource.
 */
export async function readDeployed(): Promise<Deployed | undefined> {
  const [organization, project, stack] = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()];
  // Names without a project are known to every backend of one's own, old ones included.
  const name = organization === NO_ORGANIZATION ? stack : `${organization}/${project}/${stack}`;
  const read: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  const { version, restorePoint: taken } = answer.parse(read).outputs;
  return version === undefined ? undefined : { version, restorePoint: taken };
}
