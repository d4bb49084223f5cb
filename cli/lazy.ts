import type * as destroy from "./actions/destroy";
import type * as doctor from "./actions/doctor";
import type * as init from "./actions/init";
import type * as outputs from "./actions/outputs";
import type * as preview from "./actions/preview";
import type * as refresh from "./actions/refresh";
import type * as status from "./actions/status";
import type * as up from "./actions/up";
import type * as json from "./render/json";
import type * as rehearsal from "../rehearsal/command";

/* eslint-disable @typescript-eslint/no-require-imports -- loaded on demand: help and completion should not wait for the
   SDK, and a dynamic import of CommonJS from CommonJS is none for every loader */
/** What the commands do, and what that needs, loaded when it is needed. */
export const load = {
  destroy: (): typeof destroy => require("./actions/destroy") as typeof destroy,
  doctor: (): typeof doctor => require("./actions/doctor") as typeof doctor,
  init: (): typeof init => require("./actions/init") as typeof init,
  json: (): typeof json => require("./render/json") as typeof json,
  outputs: (): typeof outputs => require("./actions/outputs") as typeof outputs,
  preview: (): typeof preview => require("./actions/preview") as typeof preview,
  refresh: (): typeof refresh => require("./actions/refresh") as typeof refresh,
  status: (): typeof status => require("./actions/status") as typeof status,
  up: (): typeof up => require("./actions/up") as typeof up,
  rehearsal: (): typeof rehearsal => require("../rehearsal/command") as typeof rehearsal,
};
/* eslint-enable @typescript-eslint/no-require-imports */
