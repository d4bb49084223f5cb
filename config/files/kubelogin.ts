import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type Problem, removeCommand } from "../problems";
import type { Settings } from "../settings";

/** Names the binary goes by: on Windows, with its ending. */
const binaries = process.platform === "win32" ? ["kubelogin.exe"] : ["kubelogin"];

async function isOnPath(searchPath: string): Promise<boolean> {
  const candidates = searchPath
    .split(delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => binaries.map((binary) => join(folder, binary)));
  const found = await Promise.all(
    candidates.map((path) =>
      access(path, constants.X_OK).then(
        () => true,
        // Not there, or not to be run: the next folder may have one.
        () => false,
      ),
    ),
  );
  return found.includes(true);
}

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
  if (await isOnPath(searchPath)) return undefined;
  return {
    key: "aks.cluster.entra",
    problem: "needs kubelogin, which is not on the PATH",
    fix: `install it with \`az aks install-cli\`, or ${removeCommand("aks.cluster.entra")}`,
  };
}
