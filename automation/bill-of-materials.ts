import { outputsIn, type StackState, type StateResource } from "../engine/protocol";
import { SpaceliftError } from "./errors";
import type { RunOptions, StackOptions } from "./options";
import { Run } from "./run";

/** A chart or an image of an installation, as CycloneDX describes it. */
export interface BillComponent {
  readonly "bom-ref": string;
  readonly type: "application" | "container";
  readonly name: string;
  readonly version: string;
  /** `pkg:helm/…` or `pkg:oci/…`. */
  readonly purl: string;
  /** Of an image: that of its manifest, where the program pushed it. */
  readonly hashes?: readonly { readonly alg: "SHA-256"; readonly content: string }[];
}

/** What an installation is made of, in the format of CycloneDX 1.5. */
export interface BillOfMaterials {
  readonly bomFormat: "CycloneDX";
  readonly specVersion: "1.5";
  readonly version: 1;
  readonly metadata: {
    readonly component: { readonly type: "application"; readonly name: string; readonly version: string };
  };
  readonly components: readonly BillComponent[];
}

const RELEASE = "kubernetes:helm.sh/v3:Release";

/**
 * Describes the charts and images that a state has. Images that charts bring by themselves are not among them.
 *
 * @throws SpaceliftError `SPACELIFT_NOT_DEPLOYED` when nothing was deployed
 */
export function billOfMaterials(stack: string, state: StackState): BillOfMaterials {
  const outputs = outputsIn(state);
  const version = text(outputs["version"]);
  if (version === undefined) {
    throw new SpaceliftError("SPACELIFT_NOT_DEPLOYED", `nothing was deployed into the stack "${stack}" yet`, {
      fix: "deploy it first",
    });
  }
  const charts = (state.deployment.resources ?? []).filter(({ type }) => type === RELEASE).map(chart);
  const images = ["backend", "launcher"].flatMap((role) => {
    const reference = text(outputs[`${role}Image`]);
    return reference === undefined ? [] : [image(reference, text(outputs[`${role}Digest`]))];
  });
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.5",
    version: 1,
    metadata: { component: { type: "application", name: "spacelift-self-hosted", version } },
    components: [...charts, ...images].sort((a, b) => (a["bom-ref"] < b["bom-ref"] ? -1 : 1)),
  };
}

function chart({ inputs = {}, outputs = {} }: StateResource): BillComponent {
  const named = text(inputs["chart"]) ?? "";
  // A local chart has its name and version from its own file, which Helm has read.
  const name = text(field(outputs["status"], "chart")) ?? named.split("/").at(-1) ?? named;
  const version = text(inputs["version"]) ?? text(field(outputs["status"], "version")) ?? "";
  const repository = named.startsWith("oci://")
    ? named.slice(0, named.lastIndexOf("/"))
    : text(field(inputs["repositoryOpts"], "repo"));
  return {
    "bom-ref": `chart:${text(inputs["namespace"]) ?? ""}/${text(inputs["name"]) ?? name}`,
    type: "application",
    name,
    version,
    purl: `pkg:helm/${encodeURIComponent(name)}@${encodeURIComponent(version)}${query({ repository_url: repository })}`,
  };
}

function image(reference: string, digest: string | undefined): BillComponent {
  // A colon before the last slash is that of a port.
  const colon = reference.lastIndexOf(":");
  const isTagged = colon > reference.lastIndexOf("/");
  const repository = isTagged ? reference.slice(0, colon) : reference;
  const tag = isTagged ? reference.slice(colon + 1) : "";
  const name = repository.split("/").at(-1) ?? repository;
  const pinned = digest === undefined ? "" : `@${encodeURIComponent(digest)}`;
  return {
    "bom-ref": `image:${reference}`,
    type: "container",
    name: repository,
    version: tag,
    purl: `pkg:oci/${encodeURIComponent(name.toLowerCase())}${pinned}${query({ repository_url: repository, tag })}`,
    ...(digest?.startsWith("sha256:") === true && {
      hashes: [{ alg: "SHA-256", content: digest.slice("sha256:".length) }],
    }),
  };
}

const query = (fields: Readonly<Record<string, string | undefined>>): string => {
  const known = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined || value === "" ? [] : [`${key}=${encodeURIComponent(value)}`],
  );
  return known.length === 0 ? "" : `?${known.join("&")}`;
};

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const field = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/**
 * Lists what an installation is made of: the charts with their versions and repositories, and Spacelift's images with
 * their digests.
 *
 * @throws SpaceliftError with one of the {@link errorCodes}
 */
export async function getBillOfMaterials(
  options: StackOptions,
  runOptions: RunOptions = {},
): Promise<BillOfMaterials> {
  const run = new Run(options, runOptions);
  return run.withStack({ create: false }, ({ before }) => {
    run.begin("outputs");
    return Promise.resolve(billOfMaterials(options.stack, before));
  });
}
