export { type Deployment, type DeployRunOptions, deploySpacelift } from "./deploy";
export { type Destroyed, destroySpacelift } from "./destroy";
export { errorCodes, type ErrorCode, type ResourceFailure, SpaceliftError } from "./errors";
export type {
  CheckEvent,
  EventResource,
  MessageEvent,
  PendingResource,
  Phase,
  PhaseEvent,
  PlanEvent,
  ResourceEvent,
  SpaceliftEvent,
  WaitingEvent,
} from "./events";
export { getOutputs } from "./get-outputs";
export { getStatus, type StatusRunOptions } from "./get-status";
export type { DeploymentOptions, RunOptions, StackOptions, WorkspaceOptions } from "./options";
export type { DeploymentOutputs, DeploymentSecrets, StackOutputs } from "./outputs";
export { preflight } from "./preflight";
export type { Finding } from "../preflight/check";
export type { CheckResult } from "../preflight/run";
export type { PreflightReport } from "../preflight";
export { type Plan, type PlannedStep, previewSpacelift } from "./preview";
export { type Refreshed, refreshSpacelift } from "./refresh";
export type { StackLock } from "./stack-lock";
export { readStackFile, type ReadStackFileOptions, type StackFileContent } from "./stack-file";
export { releaseStackLock } from "./release-stack-lock";
export type * from "./status/report";
export type { Problem } from "../config/problems";
export type { SettingsInput } from "../config/settings";
export { type Engine, EngineUnavailableError, ensureEngine, type EnsureEngineOptions } from "../engine";
export type { Kept, ResourceName } from "../engine/protocol";
