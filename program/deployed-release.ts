import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

const answer = z.object({ outputs: z.looseObject({ version: z.string().optional() }) });

/** What backends other than Pulumi Cloud call the one organization they have. */
const NO_ORGANIZATION = "organization";

/**
 * The release that runs as far as the state of the stack knows: its output `version`, which a run writes once the Helm
 * release is deployed. Undefined before.
 *
 * The engine reads the state of a stack for whoever asks, the running stack included, and that makes no resource.
 */
export async function deployedRelease(): Promise<string | undefined> {
  const [organization, project, stack] = [pulumi.getOrganization(), pulumi.getProject(), pulumi.getStack()];
  // Names without a project are known to every backend of one's own, old ones included.
  const name = organization === NO_ORGANIZATION ? stack : `${organization}/${project}/${stack}`;
  const read: unknown = await pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", { name });
  return answer.parse(read).outputs.version;
}
