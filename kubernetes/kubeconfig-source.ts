import { access, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { KubeError } from "./kube-error";
import type { KubeconfigSource } from "./kubeconfig";

/** Where a kubeconfig comes from: the first that is given. */
export interface KubeconfigLocation {
  /** Its content. */
  readonly content?: string | undefined;
  /** Path of the file. */
  readonly path?: string | undefined;
  /** Variables: `KUBECONFIG`, `HOME`. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the kubeconfig that the Kubernetes provider would use: the content, the file, the files of `KUBECONFIG`, or
 * `~/.kube/config`.
 *
 * @throws KubeError of kind `configuration`
 */
export async function readKubeconfigs(location: KubeconfigLocation): Promise<readonly KubeconfigSource[]> {
  const { content, path, env } = location;
  // A relative path inside a content starts where the program runs.
  if (content !== undefined) return [{ text: content, name: "the given text", folder: process.cwd() }];
  if (path !== undefined) return [await sourceOf(path)];
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((entry) => entry !== "");
  const paths = listed.length > 0 ? listed : [join(env["HOME"] ?? homedir(), ".kube", "config")];
  // Files of the list that do not exist are passed over, as kubectl does.
  const present = await Promise.all(paths.map(async (each) => ((await exists(each)) ? [each] : [])));
  const found = present.flat();
  if (found.length === 0) {
    throw new KubeError("configuration", `there is no kubeconfig: ${paths.join(", ")} does not exist`);
  }
  return Promise.all(found.map(sourceOf));
}

async function sourceOf(path: string): Promise<KubeconfigSource> {
  const absolute = resolve(path);
  try {
    return { text: await readFile(absolute, "utf8"), name: absolute, folder: dirname(absolute) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    throw new KubeError("configuration", `the kubeconfig ${absolute} cannot be read (${code})`);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
