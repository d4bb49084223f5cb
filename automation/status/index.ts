export type * from "./report";
export { type StatusOptions, status } from "./status";
