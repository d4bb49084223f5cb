import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { z } from "zod";
import { readProblem, readText } from "../peers/files";
import { KubeError } from "./kube-error";
import { KubeconfigTextError, parseKubeconfig } from "./kubeconfig-text";

/** More than a kubeconfig may have, which then says so itself. */
const MOST_BYTES = 1024 * 1024;

const clusterSchema = z.object({
  server: z.string().min(1),
  "certificate-authority": z.string().optional(),
  "certificate-authority-data": z.string().optional(),
  "insecure-skip-tls-verify": z.boolean().nullish(),
  "tls-server-name": z.string().optional(),
  "proxy-url": z.string().optional(),
});

const execSchema = z.object({
  apiVersion: z.string(),
  command: z.string().min(1),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: z.string().nullish(),
  provideClusterInfo: z.boolean().nullish(),
});

const userSchema = z.object({
  "client-certificate": z.string().optional(),
  "client-certificate-data": z.string().optional(),
  "client-key": z.string().optional(),
  "client-key-data": z.string().optional(),
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  exec: execSchema.optional(),
  "auth-provider": z.object({ name: z.string() }).optional(),
});

const contextSchema = z.object({
  cluster: z.string(),
  user: z.string().optional(),
  namespace: z.string().optional(),
});

const named = <K extends string, T extends z.ZodType>(
  key: K,
  value: T,
): z.ZodType<readonly ({ readonly name: string } & Readonly<Record<K, z.output<T>>>)[]> =>
  // Missing lists and lists without entries are written as `null` by some tools.
  z
    .array(z.object({ name: z.string(), [key]: value }))
    .nullish()
    .transform((list) => (list ?? []) as never);

const documentSchema = z.object({
  "current-context": z.string().nullish(),
  clusters: named("cluster", clusterSchema),
  users: named("user", userSchema.nullish()),
  contexts: named("context", contextSchema),
});

export type KubeCluster = z.output<typeof clusterSchema>;
export type KubeUser = z.output<typeof userSchema>;
/** A program that obtains credentials. */
export type ExecPlugin = z.output<typeof execSchema>;

/** A kubeconfig, and the folder its relative paths start from. */
export interface KubeconfigSource {
  readonly text: string;
  /** What it is called in messages: a path, or where its text came from. */
  readonly name: string;
  readonly folder: string;
}

/** One context of a kubeconfig: what it takes to call a cluster. */
export interface KubeContext {
  readonly contextName: string;
  readonly cluster: KubeCluster;
  readonly user: KubeUser;
  /** Folders that relative paths of the cluster and of the user start from. */
  readonly folders: { readonly cluster: string; readonly user: string };
}

type Document = z.output<typeof documentSchema>;

/**
 * Picks a context from kubeconfigs. As kubectl does it: of several files, the first that has a name wins.
 *
 * @param wanted name of the context @default - the current one
 * @throws KubeError of kind `configuration`
 */
export function pickContext(sources: readonly KubeconfigSource[], wanted?: string): KubeContext {
  const documents = sources.map((source) => ({ source, document: read(source) }));
  const where = sources.map(({ name }) => name).join(", ");
  const contextName = wanted ?? documents.map((each) => each.document["current-context"]).find(Boolean);
  if (contextName === undefined || contextName === null) {
    throw new KubeError("configuration", `the kubeconfig (${where}) has no current context`);
  }
  const find = <T>(
    kind: string,
    name: string,
    list: (document: Document) => readonly (T & { name: string })[],
  ) => {
    for (const { source, document } of documents) {
      const found = list(document).find((each) => each.name === name);
      if (found) return { found, folder: source.folder };
    }
    const known = documents.flatMap(({ document }) => list(document).map((each) => each.name));
    const others = known.length === 0 ? "none" : known.join(", ");
    throw new KubeError("configuration", `the kubeconfig (${where}) has no ${kind} "${name}", but ${others}`);
  };
  const { context } = find("context", contextName, (document) => document.contexts).found;
  const cluster = find("cluster", context.cluster, (document) => document.clusters);
  const { user: userName } = context;
  const user = userName ? find("user", userName, (document) => document.users) : undefined;
  return {
    contextName,
    cluster: cluster.found.cluster,
    user: user?.found.user ?? {},
    folders: { cluster: cluster.folder, user: user?.folder ?? cluster.folder },
  };
}

function read({ text, name }: KubeconfigSource): Document {
  const document = documentSchema.safeParse(yamlOf(text, name) ?? {});
  if (document.success) return document.data;
  const [issue] = document.error.issues;
  // The path alone: values may be keys and tokens.
  const path = issue?.path.map(String).join(".") ?? "";
  throw new KubeError("configuration", `the kubeconfig (${name}) is not understood at \`${path}\``);
}

function yamlOf(text: string, name: string): unknown {
  try {
    return parseKubeconfig(text);
  } catch (error) {
    if (!(error instanceof KubeconfigTextError)) throw error;
    throw new KubeError("configuration", `the kubeconfig (${name}) ${error.message}`);
  }
}

/** Where a kubeconfig comes from: the first that is given. */
export interface KubeconfigLocation {
  readonly content?: string | undefined;
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
    return { text: await readText(absolute, MOST_BYTES), name: absolute, folder: dirname(absolute) };
  } catch (error) {
    throw new KubeError("configuration", `the kubeconfig ${absolute} cannot be read (${readProblem(error)})`);
  }
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
