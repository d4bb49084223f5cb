export { RehearsalError, RehearsalSetupError } from "./errors";
export { foldersOf, PROJECT_FOLDER, type Folders } from "./folders";
export type { JsonValue } from "./readable";
export { openRehearsal, type OperationOptions, type Rehearsal, type RehearsalOptions } from "./rehearsal";
export type { ConfigValue } from "./stack-file";
export type { StackState, StateResource } from "./stack-state";
export {
  changeCount,
  type Kept,
  type RehearsalOperation,
  type RehearsalSummary,
  type ResourceName,
  type Step,
} from "./summary";
