import { defined } from "../json";

/** Where traces and metrics go. */
export type Telemetry =
  | { readonly vendor: "Disabled" }
  | {
      readonly vendor: "Datadog";
      readonly agentHost: string;
      readonly environment?: string | undefined;
      readonly tags: Readonly<Record<string, string>>;
      readonly traceSampleRate?: number | undefined;
    }
  | { readonly vendor: "OpenTelemetry"; readonly endpoint: string }
  | { readonly vendor: "AWS"; readonly xrayDaemonAddress: string };

/** The variables of a telemetry backend. Names of services are left alone: each service sets its own. */
export function telemetryEnv(telemetry: Telemetry): Readonly<Record<string, string>> {
  const vendor = { OBSERVABILITY_VENDOR: telemetry.vendor };
  switch (telemetry.vendor) {
    case "Disabled":
      return vendor;
    case "Datadog": {
      const tags = Object.entries(telemetry.tags).map(([key, value]) => `${key}:${value}`);
      return defined({
        ...vendor,
        DD_AGENT_HOST: telemetry.agentHost,
        DD_ENV: telemetry.environment,
        DD_TAGS: tags.length > 0 ? tags.join(",") : undefined,
        DD_TRACE_SAMPLE_RATE: telemetry.traceSampleRate?.toString(),
      });
    }
    case "OpenTelemetry":
      return { ...vendor, OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.endpoint };
    case "AWS":
      return { ...vendor, AWS_XRAY_DAEMON_ADDRESS: telemetry.xrayDaemonAddress };
  }
}
