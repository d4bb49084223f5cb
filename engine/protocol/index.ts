export { type JsonValue, readable } from "./readable";
export { type Kept, keptBy, type ResourceName, type StackState, type StateResource } from "./stack-state";
export { isDefaultProvider, isFilled, nameOf, STACK_TYPE, typeOf } from "./urn";
