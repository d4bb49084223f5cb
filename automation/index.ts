export { type BillComponent, type BillOfMaterials, getBillOfMaterials } from "./bill-of-materials";
export {
  type Deployment,
  type DeployRunOptions,
  deploySpacelift,
  type Plan,
  type PlannedStep,
  previewSpacelift,
} from "./deploy";
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
export { getStatus, type StatusRunOptions } from "./get-status";
export { releaseStackLock } from "./locking";
export type { DeploymentOptions, RunOptions, StackOptions, WorkspaceOptions } from "./options";
export { type DeploymentOutputs, type DeploymentSecrets, getOutputs, type StackOutputs } from "./outputs";
export { preflight } from "./preflight";
export type { Finding } from "../preflight/check";
export type { CheckResult } from "../preflight/run";
export type { PreflightReport } from "../preflight";
export { type Refreshed, refreshSpacelift } from "./refresh";
export type { StackLock } from "./stack-lock";
export { readStackFile, type ReadStackFileOptions, type StackFileContent } from "./stack-file/read";
export type * from "./status/report";
export type { Problem } from "../config/problems";
export type { SettingsInput } from "../config/settings";
export { type Engine, EngineUnavailableError, ensureEngine, type EnsureEngineOptions } from "../engine";
export type { Kept, ResourceName } from "../engine/protocol";
