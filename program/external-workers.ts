import * as pulumi from "@pulumi/pulumi";
import type { Platform } from "../components/platform/platform";
import { certificatesOf, mqttEndpoint } from "../components/spacelift/env";
import { workerCloudInit } from "../components/workers/cloud-init";
import { defined } from "../components/json";
import type { Configuration } from "../config/load";
import { trustedCas } from "./spacelift";

/** What workers outside the cluster need; no secret among it. */
export interface ExternalWorkers {
  /** `tls://<mqtt.domain>:1984`: where the token of a pool leads its workers, inside the cluster and outside. */
  readonly brokerEndpoint: string;
  /** `https://<domain>`. */
  readonly serverUrl: string;
  /** Origin that workers download workspaces from and upload to. */
  readonly objectStorageUrl: string;
  /** Authorities of the configuration, PEM, one after the other. Left out where there are none: public ones, or not known here. */
  readonly caCertificates?: string;
  /** Image with tag, for workers that run as pods of another cluster. */
  readonly launcherImage: string;
  /** Bucket for the launcher's binary, which the release's archive has as `bin/spacelift-launcher`. Left out without `buckets.createBinaries`. */
  readonly binariesBucket?: string;
  /** A `#cloud-config` for virtual machines. */
  readonly cloudInit: string;
}

/** Undefined where no name of the broker is told to workers outside the cluster. */
export function externalWorkers(
  configuration: Configuration,
  { objectStorage }: Pick<Platform, "objectStorage">,
  launcherImage: pulumi.Input<string>,
): pulumi.Output<ExternalWorkers> | undefined {
  const { settings } = configuration;
  const { mqtt, domain, version, namespace } = settings;
  if (mqtt.domain === undefined) return undefined;
  const authorities = certificatesOf(trustedCas(configuration));
  const serverUrl = `https://${domain}`;
  return pulumi.output(
    defined({
      brokerEndpoint: mqttEndpoint(namespace.name, mqtt.domain),
      serverUrl,
      objectStorageUrl: objectStorage.uploadsUrl,
      caCertificates: authorities.length > 0 ? authorities.map((pem) => `${pem}\n`).join("") : undefined,
      launcherImage,
      binariesBucket: objectStorage.buckets.binaries,
      cloudInit: workerCloudInit({ version, url: serverUrl, authorities }),
    }),
  );
}
