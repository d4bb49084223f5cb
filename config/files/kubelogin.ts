import { findOnPath } from "../../peers/run-command";
import { type Problem, removeCommand } from "../problems";
import type { Settings } from "../settings";

/**
 * The problem of a cluster that is entered with Entra ID when the binary for it is missing. Found out here, it costs
 * nothing; later, a cluster would be there that nothing can be installed into.
 *
 * @param searchPath folders as in the variable `PATH`
 */
export async function kubeloginProblem(
  { target, aks }: Pick<Settings, "target" | "aks">,
  searchPath: string,
): Promise<Problem | undefined> {
  if (target !== "aks" || aks?.cluster.entra === undefined) return undefined;
  if ((await findOnPath("kubelogin", searchPath)) !== undefined) return undefined;
  return {
    key: "aks.cluster.entra",
    problem: "needs kubelogin, which is not on the PATH",
    fix: `install it with \`az aks install-cli\`, or ${removeCommand("aks.cluster.entra")}`,
  };
}
