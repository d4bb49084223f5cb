export { type Engine, EngineUnavailableError, ensureEngine, type EnsureEngineOptions } from "../engine";
export { type EmbeddedRehearsal, type EmbeddedRehearsalOptions, startRehearsal } from "./embedded";
export {
  changeCount,
  type ConfigValue,
  type Folders,
  type JsonValue,
  type Kept,
  openRehearsal,
  type OperationOptions,
  type Rehearsal,
  RehearsalError,
  type RehearsalOperation,
  type RehearsalOptions,
  RehearsalSetupError,
  type RehearsalSummary,
  type StackState,
  type StateResource,
  type Step,
} from "./session";
export { standInKubeconfig } from "./session/stand-in-kubeconfig";
export type { Fault, Operation, ServedOperation } from "./twins";
