export type { JsonValue, Kept, ResourceName, StackState, StateResource } from "../../engine/protocol";
export { RehearsalError, RehearsalSetupError } from "./errors";
export { foldersOf, PROJECT_FOLDER, type Folders } from "./folders";
export { openRehearsal, type OperationOptions, type Rehearsal, type RehearsalOptions } from "./rehearsal";
export type { ConfigValue } from "./stack-file";
export { changeCount, type RehearsalOperation, type RehearsalSummary, type Step } from "./summary";
