// Sets the clock of a Node.js process some time after its start, as an administrator or NTP does: `Date` jumps, and clocks that
// only go forward do not.
"use strict";

const { performance } = require("node:perf_hooks");

const [offset = 0, after = 0] = (process.env.SPACELIFT_TORTURE_CLOCK ?? "").split(" ").map(Number);
const RealDate = Date;
const began = performance.now();
const now = () => RealDate.now() + (performance.now() - began >= after ? offset : 0);

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new RealDate(now()).toString(),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});
