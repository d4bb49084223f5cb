import { createHash } from "node:crypto";
import {
  defineResource,
  flag,
  listAt,
  listOf,
  mapOf,
  object,
  type OperationContext,
  type Properties,
  stringAt,
  text,
  textOf,
  TwinError,
  type Value,
} from "../framework";
import { isLetIn, localImages, parseReference, pushedImages, registries, registryHost } from "./tables";

type Surroundings = Pick<OperationContext, "config" | "world" | "clock">;

/** Simulates pushing an image of the daemon to a registry. */
export const registryImage = defineResource({
  inputs: {
    name: text({ required: true, check: (value) => complaintOf(textOf(value)) }),
    authConfig: object({
      address: text({ required: true }),
      username: text({ required: true }),
      password: text({ required: true }),
    }),
    insecureSkipVerify: flag(),
    keepRemotely: flag(),
    triggers: mapOf(text()),
  },
  replaceOn: ["name", "triggers"],
  computed: ["sha256Digest"],
  normalise: (inputs) => ({ insecureSkipVerify: false, keepRemotely: false, ...inputs }),
  create(inputs, context) {
    const { world } = context;
    const reference = referenceOf(inputs);
    authorise(reference.registry, inputs, "resourceDockerRegistryImageCreate", context);
    const sha256Digest = world.change((state) => {
      const image = localImages.of(state).get(reference.full);
      if (image === undefined) {
        const repository = reference.full.slice(0, reference.full.lastIndexOf(":"));
        // The words of terraform-provider-docker 3.6.2 (pushDockerRegistryImage), which wrap those of the daemon.
        throw new TwinError(
          `Error pushing docker image: Error pushing image. . Full error: An image does not exist locally with the tag: ${repository}`,
        );
      }
      const digest = `sha256:${createHash("sha256").update(image.id).digest("hex")}`;
      if (!registries.of(state).has(reference.registry))
        registries.of(state).set(reference.registry, { isPrivate: true });
      pushedImages.of(state).set(reference.full, { digest });
      return digest;
    });
    return { id: sha256Digest, outputs: { ...inputs, sha256Digest } };
  },
  read(recorded, context) {
    const { world } = context;
    const reference = referenceOf(recorded.outputs);
    authorise(reference.registry, recorded.outputs, "resourceDockerRegistryImageRead", context);
    const image = world.read((state) => pushedImages.of(state).get(reference.full));
    if (image === undefined) return undefined;
    return { ...recorded, outputs: { ...recorded.outputs, sha256Digest: image.digest } };
  },
  update: (before, inputs) => ({ ...before.outputs, ...inputs }),
  delete(recorded, context) {
    const { world } = context;
    if (recorded.outputs["keepRemotely"] === true) return;
    const reference = referenceOf(recorded.outputs);
    authorise(reference.registry, recorded.outputs, "resourceDockerRegistryImageDelete", context);
    world.change((state) => {
      pushedImages.of(state).delete(reference.full);
    });
  },
});

function complaintOf(name: string): string | undefined {
  return parseReference(name) === undefined ? `"${name}" is an invalid reference format` : undefined;
}

function referenceOf(properties: Properties): NonNullable<ReturnType<typeof parseReference>> {
  const name = stringAt(properties, "name") ?? "";
  const reference = parseReference(name);
  if (reference === undefined) throw new TwinError(`invalid reference format: "${name}"`);
  return reference;
}

/** Credentials are looked for on the resource and then in the provider; an open registry must be declared as one. */
function authorise(registry: string, inputs: Properties, operation: string, context: Surroundings): void {
  const { config } = context;
  if (registryHost(stringAt(inputs, "authConfig", "address") ?? "") === registry) {
    requireLogin(registry, inputs["authConfig"], operation, context);
    return;
  }
  const entries = listAt(config, "registryAuth");
  const entry = entries.find((candidate) => registryHost(stringAt(candidate, "address") ?? "") === registry);
  if (entry !== undefined) {
    const hasLogin = stringAt(entry, "username") !== undefined && stringAt(entry, "password") !== undefined;
    const isOpen =
      entry !== null &&
      typeof entry === "object" &&
      "authDisabled" in entry &&
      entry["authDisabled"] === true;
    const hasFile =
      stringAt(entry, "configFile") !== undefined || stringAt(entry, "configFileContent") !== undefined;
    if (hasLogin) requireLogin(registry, entry, operation, context);
    if (hasLogin || isOpen || hasFile) return;
  }
  const known = entries.map((candidate) => stringAt(candidate, "address") ?? "?").join(", ");
  throw new TwinError(
    `${operation}: Unable to get authConfig for registry: no auth config found for registry https://${registry} in auth configs: [${known}]`,
  );
}

function requireLogin(
  registry: string,
  entry: Value | undefined,
  operation: string,
  { world, clock }: Surroundings,
): void {
  const [username = "", password = ""] = ["username", "password"].map((key) => stringAt(entry, key) ?? "");
  if (isLetIn(world, { registry, username, password, now: clock.now() })) return;
  throw new TwinError(`${operation}: got bad response from registry ${registry}: 401 Unauthorized`);
}

/** Simulates pulling an image from a registry; one the world does not know is taken to have every image. */
export const remoteImage = defineResource({
  inputs: {
    name: text({ required: true }),
    forceRemove: flag(),
    keepLocally: flag(),
    platform: text(),
    pullTriggers: listOf(text()),
    triggers: mapOf(text()),
  },
  replaceOn: ["name", "platform", "pullTriggers", "triggers"],
  computed: ["imageId", "repoDigest"],
  create(inputs, { world }) {
    const name = stringAt(inputs, "name") ?? "";
    const reference = parseReference(name);
    if (reference === undefined) throw new TwinError(`invalid reference format: "${name}"`);
    const { id, digest } = world.change((state) => {
      const pushed = pushedImages.of(state).get(reference.full);
      if (pushed === undefined && registries.of(state).has(reference.registry)) {
        throw new TwinError(
          `Unable to read Docker image into resource: unable to pull image ${name}: manifest unknown`,
        );
      }
      const image = localImages.of(state).get(reference.full) ?? { id: contentId(reference.full) };
      localImages.of(state).set(reference.full, image);
      return { id: image.id, digest: pushed?.digest ?? contentId(`${reference.full} manifest`) };
    });
    const repoDigest = `${reference.full.slice(0, reference.full.lastIndexOf(":"))}@${digest}`;
    return { id: `${id}${name}`, outputs: { ...inputs, imageId: id, repoDigest } };
  },
  read(recorded, { world }) {
    const full = parseReference(stringAt(recorded.outputs, "name") ?? "")?.full ?? "";
    return world.read((state) => localImages.of(state).has(full)) ? recorded : undefined;
  },
  update: (before, inputs) => ({ ...before.outputs, ...inputs }),
  delete(recorded, { world }) {
    if (recorded.outputs["keepLocally"] === true) return;
    const full = parseReference(stringAt(recorded.outputs, "name") ?? "")?.full ?? "";
    world.change((state) => {
      localImages.of(state).delete(full);
    });
  },
});

function contentId(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** Simulates giving an image of the daemon another name. */
export const tag = defineResource({
  inputs: {
    sourceImage: text({ required: true }),
    targetImage: text({ required: true }),
    tagTriggers: listOf(text()),
  },
  computed: ["sourceImageId"],
  create(inputs, { world }) {
    const source = stringAt(inputs, "sourceImage") ?? "";
    const target = parseReference(stringAt(inputs, "targetImage") ?? "");
    if (target === undefined)
      throw new TwinError("failed to create docker image tag: invalid reference format");
    const image = world.change((state) => {
      const found = localImages.of(state).get(parseReference(source)?.full ?? source);
      if (found === undefined)
        throw new TwinError(`failed to create docker image tag: No such image: ${source}`);
      localImages.of(state).set(target.full, found);
      return found;
    });
    return { id: `${source}.${target.full}`, outputs: { ...inputs, sourceImageId: image.id } };
  },
});
