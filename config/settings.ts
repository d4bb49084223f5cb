import { z } from "zod";
import { aks } from "./aks/settings";
import { sizes } from "./aks/sizes";
import { field, hostName, line, releaseVersion } from "./formats";
import { onprem } from "./onprem/settings";
import { buckets } from "./sections/buckets";
import { charts, images, upgrade } from "./sections/artifacts";
import { ingress } from "./sections/ingress";
import { networkPeers } from "./sections/network-peers";
import { extraEnv, namespace, proxy, rootCas, slack, telemetry } from "./sections/operations";
import { defaultReplicas, mqtt, services, vcsGateway } from "./sections/services";
import { certManager, tls } from "./sections/tls";
import { workers } from "./sections/workers";

/**
 * The engine's own setting that keeps it from creating providers by itself: a resource that lost its provider on the way
 * must fail instead of acting on whatever cluster or cloud the machine is logged into.
 */
export const noDefaultProviders = {
  "pulumi:disable-default-providers": ["azure-native", "kubernetes", "minio", "docker"],
} as const;

/**
 * Every key of a stack file that is not a secret: the one source of types, defaults, the `config:` block of
 * Pulumi.yaml and the reference page. A section that is left out gets the defaults of its fields.
 */
export const settingsShape = {
  target: field(z.enum(["aks", "onprem"]), "Where Spacelift is installed.", "onprem"),
  version: field(
    releaseVersion,
    "Release of Spacelift self-hosted to run, v3.0.0 or newer. It decides which charts are installed.",
    "v3.0.0",
  ),
  domain: field(hostName, "Host name of the Spacelift UI and API.", "spacelift.example.com"),
  adminUsername: field(
    line.max(255).default("admin"),
    "Name of the administrator for the first login.",
    "admin",
  ),
  adminLogin: field(
    z.boolean().default(true),
    "Let the administrator log in at `/admin-login`. `false` takes the login away, once single sign-on works.",
    false,
  ),
  protectData: field(
    z.boolean().default(true),
    "Protect what cannot be made again (buckets with data, the encryption key) from being destroyed.",
    true,
  ),
  namespace: field(namespace.prefault({}), "The namespace of Spacelift."),
  images: field(images.prefault({}), "The container images and the archive they come from."),
  upgrade: field(upgrade.prefault({}), "How one release follows another."),
  buckets: field(buckets.prefault({}), "The object storage buckets."),
  ingress: field(ingress.prefault({}), "The ingress controller."),
  tls: field(tls, "The certificates.", { mode: "acme", email: "platform@example.com" }),
  certManager: field(certManager.prefault({}), "cert-manager."),
  charts: field(charts.prefault({}), "Where the Helm charts come from."),
  services: field(services.prefault({}), "Replicas, resources and placement of the services."),
  vcsGateway: field(vcsGateway.optional(), "The VCS gateway. Left out: no gateway."),
  mqtt: field(mqtt.prefault({}), "The broker workers connect to."),
  workers: field(workers.prefault({}), "Workers in this cluster."),
  telemetry: field(telemetry.prefault({ vendor: "Disabled" }), "Traces and metrics."),
  usageReporting: field(z.boolean().default(false), "Report usage to Spacelift automatically.", true),
  slack: field(slack.optional(), "The static Slack integration."),
  proxy: field(proxy.optional(), "The proxy for outbound requests."),
  rootCas: field(rootCas.default([]), "Further certificate authorities to trust.", ["./corporate-ca.pem"]),
  extraEnv: field(extraEnv.prefault({}), "Further environment variables."),
  helmValues: field(
    z.record(z.string(), z.json()).default({}),
    "Values merged last into the Spacelift chart, over everything the program sets.",
    { server: { podLabels: { team: "platform" } } },
  ),
  networkPolicies: field(
    z.boolean().default(true),
    "Make network policies: what may reach Spacelift, and that runs cannot reach the metadata endpoint.",
  ),
  networkPeers: field(
    networkPeers.prefault({}),
    "Whom network policies let in besides what Spacelift needs.",
  ),
  podDisruptionBudgets: field(
    z.boolean().default(true),
    "Keep a node drain from stopping a service as a whole.",
  ),
  aks: field(aks.optional(), "What the Azure target creates, and what exists already."),
  onprem: field(onprem.optional(), "What the on-premises target finds: cluster, registry, MinIO, database."),
} as const;

/** The name of a key that is not a secret. */
export type SettingsKey = keyof typeof settingsShape;

/** The settings of a stack, checked and with every default filled in. */
export type Settings = { readonly [K in SettingsKey]: z.output<(typeof settingsShape)[K]> };

export type ReadableSettings = Partial<Settings>;

/**
 * The settings of a stack as they are given: the keys of docs/configuration.md that are no secrets. Everything with a
 * default may be left out.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an interface keeps its name in messages and references
export interface SettingsInput extends z.input<z.ZodObject<typeof settingsShape>> {}

/** Pods of each service for which the operator chose no number. */
export const usualReplicas = ({ aks: section }: Pick<Settings, "aks">): number =>
  section ? sizes[section.size].replicas : defaultReplicas;

/** The host names that Ingresses serve. */
export const hostsOf = ({
  domain,
  vcsGateway,
}: Pick<Settings, "domain" | "vcsGateway">): readonly string[] =>
  vcsGateway ? [domain, vcsGateway.domain] : [domain];

/** All keys in the order of the reference page. */
export const settingsKeys = Object.keys(settingsShape) as readonly SettingsKey[];
