export type {
  CertificateStatus,
  ClusterStatus,
  DriftStatus,
  DriftSummary,
  EndpointStatus,
  IngressStatus,
  MigrationStatus,
  Part,
  PodStatus,
  StatusReport,
  Verdict,
  VersionStatus,
  WorkloadStatus,
} from "./report";
export { type StatusOptions, status } from "./status";
