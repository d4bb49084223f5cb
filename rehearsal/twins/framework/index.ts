export { type Change, type ReplaceOn } from "./changes";
export {
  type Attempt,
  type Fault,
  FaultPlan,
  faultSource,
  type FaultSource,
  type FaultStage,
  type Operation,
  PartialFailure,
  TwinError,
} from "./errors";
export {
  anything,
  checkFields,
  computed,
  type Failure,
  type Field,
  type Fields,
  flag,
  listOf,
  mapOf,
  numeric,
  object,
  text,
} from "./fields";
export { type ProviderServer, serveProvider } from "./server";
export { type ServedCall, type ServedOperation, Session, type Surroundings } from "./session";
export {
  type CheckContext,
  type DiffContext,
  type Created,
  defineResource,
  defineTwin,
  type Found,
  type InvokeTwin,
  type Latency,
  type OperationContext,
  type Recorded,
  type ResourceTwin,
  type Twin,
} from "./twin";
export * from "./values";
export { Clock, openWorld, type Rows, table, type Table, World, type WorldState } from "./world";
