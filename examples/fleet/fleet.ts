import type { SettingsInput } from "spacelift-selfhosted-pulumi";

/** An installation of the fleet. */
export interface Member {
  /** Name of the stack. */
  readonly stack: string;
  readonly settings: SettingsInput;
}

const member = (stack: string, domain: string, more: Partial<SettingsInput> = {}): Member => ({
  stack,
  settings: {
    target: "onprem",
    version: "v3.0.0",
    domain,
    images: { push: false },
    ingress: { className: "nginx" },
    tls: { mode: "acme", email: "platform@example.com" },
    onprem: {
      registry: { address: "registry.example.com", username: "spacelift" },
      objectStorage: { endpoint: `minio.${domain}`, adminUser: "minio" },
    },
    ...more,
  },
});

/** The fleet: what the installations have in common is above, what sets them apart is here. */
export const fleet: readonly Member[] = [
  member("staging", "spacelift.staging.example.com", { protectData: false }),
  member("europe", "spacelift.eu.example.com"),
  member("america", "spacelift.us.example.com"),
];
