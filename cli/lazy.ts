import type * as changes from "./actions/changes";
import type * as init from "./actions/init";
import type * as reports from "./actions/reports";
import type * as lineReporters from "./render/line-reporters";
import type * as upgrade from "./actions/upgrade";
import type * as rehearsal from "../rehearsal/command";

/* eslint-disable @typescript-eslint/no-require-imports -- loaded on demand: help and completion should not wait for the
   SDK, and a dynamic import of CommonJS from CommonJS is none for every loader */
/** What the commands do, and what that needs, loaded when it is needed. */
export const load = {
  changes: (): typeof changes => require("./actions/changes") as typeof changes,
  init: (): typeof init => require("./actions/init") as typeof init,
  lineReporters: (): typeof lineReporters => require("./render/line-reporters") as typeof lineReporters,
  reports: (): typeof reports => require("./actions/reports") as typeof reports,
  upgrade: (): typeof upgrade => require("./actions/upgrade") as typeof upgrade,
  rehearsal: (): typeof rehearsal => require("../rehearsal/command") as typeof rehearsal,
};
/* eslint-enable @typescript-eslint/no-require-imports */
