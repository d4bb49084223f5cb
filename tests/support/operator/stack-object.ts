import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import type { SettingsInput } from "../../../config/settings";
import { configNamespace } from "../../../config/problems";
import type { ConfigValue } from "../../../rehearsal";
import { placeholderArchive } from "../../../rehearsal/placeholders";
import { repository } from "../packed";

/** Where the example is. */
export const exampleFolder = join(repository, "examples", "operator");

/** Manifests of the example, each for one target. */
export const targets = ["aks", "onprem"] as const;
export type Target = (typeof targets)[number];

const secretRef = z.object({
  type: z.literal("Secret"),
  secret: z.object({ name: z.string(), key: z.string() }),
});
const literal = z.object({ type: z.literal("Literal"), literal: z.object({ value: z.string() }) });
const volume = z.union([
  z.object({ name: z.string(), configMap: z.object({ name: z.string() }) }),
  z.object({ name: z.string(), persistentVolumeClaim: z.object({ claimName: z.string() }) }),
]);

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

const stackObject = z.looseObject({
  spec: z.looseObject({
    stack: z.string(),
    serviceAccountName: z.string(),
    config: z.record(z.string(), z.custom<ConfigValue>()),
    secretsRef: z.record(z.string(), secretRef),
    envRefs: z.record(z.string(), z.union([secretRef, literal])),
    workspaceTemplate: z.object({
      spec: z.looseObject({
        local: z.object({ dir: z.string() }),
        podTemplate: z.looseObject({
          spec: z.object({
            containers: z.tuple([
              z.object({
                name: z.literal("pulumi"),
                volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
              }),
            ]),
            volumes: z.array(volume),
          }),
        }),
      }),
    }),
  }),
});

/** A Kubernetes object. */
export type Manifest = z.output<typeof manifest>;
/** A Stack of the operator, as far as the example uses it. */
export type StackObject = z.output<typeof stackObject>;

/** The objects of a target's file, in its order. */
export const manifestsOf = (target: Target): Promise<readonly Manifest[]> =>
  objectsIn(`stack-${target}.yaml`);

/** The objects of a file of the example, in its order. */
export async function objectsIn(file: string): Promise<readonly Manifest[]> {
  const text = await readFile(join(exampleFolder, file), "utf8");
  return parseAllDocuments(text).map((document) => {
    assert.deepEqual(document.errors, []);
    return manifest.parse(document.toJS());
  });
}

/** The Stack among objects. */
export const stackAmong = (manifests: readonly Manifest[]): StackObject =>
  stackObject.parse(manifests.find(({ kind }) => kind === "Stack"));

const keyOf = (name: string): string => name.replace(`${configNamespace}:`, "");

/** The settings that a Stack has, without the namespace of their keys. */
export const settingsOf = ({ spec }: StackObject): SettingsInput =>
  Object.fromEntries(
    Object.entries(spec.config).map(([name, value]) => [keyOf(name), value]),
  ) as SettingsInput;

/** Keys of the secrets that a Stack refers to, without their namespace; sorted. */
export const secretKeysOf = ({ spec }: StackObject): readonly string[] =>
  Object.keys(spec.secretsRef).map(keyOf).sort();

/**
 * The argument of `pulumi config set-all --json` by which the operator, version 2.9.0, gives a Stack its configuration: `UpdateConfig` in
 * operator/internal/controller/pulumi/stack_controller.go makes items of `config` and of the files of `secretsRef`, and
 * `unmarshalConfigItemsJson` in agent/pkg/server/server.go the document, since some value is more than a string.
 *
 * @param secrets content of the files, by the key of the secret
 */
export function configDocument({ spec }: StackObject, secrets: Readonly<Record<string, string>>): string {
  const isStructured = Object.values(spec.config).some((value) => typeof value !== "string");
  assert.ok(isStructured, "without a structured value, the operator sets the configuration in another way");
  const plain = Object.entries(spec.config).map(([key, value]) => [
    key,
    typeof value === "string"
      ? { value, secret: false }
      : { value: JSON.stringify(value), objectValue: value, secret: false },
  ]);
  const secret = Object.entries(spec.secretsRef).map(([key]) => [
    key,
    { value: secrets[keyOf(key)] ?? assert.fail(`no file for ${key}`), secret: true },
  ]);
  return JSON.stringify(Object.fromEntries([...plain, ...secret]));
}

/**
 * Lays what the volumes of a Stack's pod hold into a folder, and gives the Stack with that folder where they are mounted.
 * A claim has the archive that the configuration names.
 */
export async function mountedBelow(folder: string, manifests: readonly Manifest[]): Promise<StackObject> {
  const stack = stackAmong(manifests);
  const pod = stack.spec.workspaceTemplate.spec.podTemplate.spec;
  let config = JSON.stringify(stack.spec.config);
  for (const { name, mountPath } of pod.containers[0].volumeMounts) {
    const mounted = pod.volumes.find((each) => each.name === name) ?? assert.fail(`no volume ${name}`);
    const place = join(folder, name);
    await mkdir(place, { recursive: true });
    for (const [file, content] of Object.entries(await filesOf(mounted, mountPath, config, manifests))) {
      await writeFile(join(place, file), content);
    }
    config = config.replaceAll(`"${mountPath}/`, `"${place}/`);
  }
  return { ...stack, spec: { ...stack.spec, config: JSON.parse(config) as StackObject["spec"]["config"] } };
}

async function filesOf(
  mounted: z.output<typeof volume>,
  mountPath: string,
  config: string,
  manifests: readonly Manifest[],
): Promise<Readonly<Record<string, string | Buffer>>> {
  if ("configMap" in mounted) {
    const { name } = mounted.configMap;
    const map = manifests.find(({ kind, metadata }) => kind === "ConfigMap" && metadata.name === name);
    return z.object({ data: z.record(z.string(), z.string()) }).parse(map).data;
  }
  const [, file = "", version = ""] =
    new RegExp(`"${mountPath}/(self-hosted-([^"]+)\\.tar\\.gz)"`).exec(config) ??
    assert.fail(`no archive is below ${mountPath}`);
  return { [file]: await placeholderArchive(version) };
}
