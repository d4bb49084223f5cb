import { z } from "zod";
import {
  certificateSource,
  dnsLabel,
  envName,
  field,
  host,
  hostAndPort,
  hostName,
  line,
  url,
} from "../formats";

/** `spacelift:namespace`: where Spacelift runs. */
export const namespace = z.strictObject({
  name: field(dnsLabel.default("spacelift"), "Namespace of Spacelift."),
  create: field(z.boolean().default(true), "Create the namespace. `false`: it exists already."),
});

/** `spacelift:telemetry`: where traces and metrics go. */
export const telemetry = z.discriminatedUnion(
  "vendor",
  [
    z.strictObject({ vendor: z.literal("Disabled") }),
    z.strictObject({
      vendor: z.literal("Datadog"),
      agentHost: field(
        host,
        "Host of the Datadog agent, without a port: traces go to 8126, unless `extraEnv.shared` has a `DD_TRACE_AGENT_PORT`.",
        "datadog-agent.datadog.svc.cluster.local",
      ),
      environment: field(line.optional(), "`DD_ENV`.", "production"),
      tags: field(z.record(z.string().min(1), z.string()).default({}), "`DD_TAGS`.", { team: "platform" }),
      traceSampleRate: field(z.number().min(0).max(1).optional(), "`DD_TRACE_SAMPLE_RATE`, 0 to 1.", 0.5),
    }),
    z.strictObject({
      vendor: z.literal("OpenTelemetry"),
      endpoint: field(
        url("http", "https"),
        "OTLP endpoint. gRPC only, yet with a scheme.",
        "http://otel-collector.observability.svc.cluster.local:4317",
      ),
    }),
    z.strictObject({
      vendor: z.literal("AWS"),
      xrayDaemonAddress: field(hostAndPort, "Address of the X-Ray daemon.", "xray.observability.svc:2000"),
    }),
  ],
  "must be one of Disabled, Datadog, OpenTelemetry, AWS",
);

/** `spacelift:slack`: the app of the static Slack integration. */
export const slack = z.strictObject({
  clientId: field(
    line,
    "Client id of the Slack app. Its secrets are `slackClientSecret` and `slackSigningSecret`.",
    "0123456789.0123456789012",
  ),
});

// As programs read NO_PROXY: hosts, domains with a dot or star in front, addresses and ranges, each with a port at most.
const direct = line.regex(
  /^(?:\*|[^\s/,@]+|[\da-fA-F.:]+\/\d{1,3})$/,
  "must be a host, a domain or a range, without scheme, path or comma",
);

/** `spacelift:proxy`: the proxy for outbound requests of the services and of runs. */
export const proxy = z.strictObject({
  http: field(url("http", "https").optional(), "`HTTP_PROXY`.", "http://proxy.example.com:3128"),
  https: field(url("http", "https").optional(), "`HTTPS_PROXY`.", "http://proxy.example.com:3128"),
  noProxy: field(
    z.array(direct).default([]),
    "Hosts and ranges reached directly, besides loopback and the cluster's own names. With the VCS gateway, the range of the pods of an existing cluster belongs to them.",
    ["minio.example.com", "10.244.0.0/16"],
  ),
});

/** `spacelift:rootCas`: further certificate authorities that services and workers trust. */
export const rootCas = z
  .array(field(certificateSource, "A PEM certificate (chain), or the path of a file."))
  .max(50);

const environment = z.record(envName, z.string());

/** `spacelift:extraEnv`: further variables of the three Secrets. They win over the program's own. */
export const extraEnv = z.strictObject({
  shared: field(environment.default({}), "Variables of all services.", { POLICY_REGO_TIMEOUT_PLAN: "60s" }),
  server: field(environment.default({}), "Variables of the server."),
  drain: field(environment.default({}), "Variables of the drain."),
});

/** `spacelift:usageReporting`: where usage is reported to, if anywhere. */
export const publicApi = "https://app.spacelift.io";

export { hostName };
