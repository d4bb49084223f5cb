export { type Engine, EngineUnavailableError, ensureEngine, type EnsureEngineOptions } from "../engine";
export { type ProjectCopy, type ProjectCopyOptions, RehearsalSetupError } from "./project-copy";
export { type Rehearsal, type RehearsalOptions, startRehearsal } from "./rehearsal";
export type { ConfigValue } from "./stack-file";
export type {
  Attempt,
  Fault,
  FaultSource,
  FaultStage,
  Operation,
  ServedCall,
  ServedOperation,
} from "./twins";
