import type { RootHookObject } from "mocha";
import { presentProgram } from "../../automation/workspace/own-rejections";

export { makeRunFolder as mochaGlobalSetup, removeRunFolder as mochaGlobalTeardown } from "./run-folder";

const rejections: unknown[] = [];
process.on("unhandledRejection", (reason) => {
  // What an inline program of the Automation API leaves behind when its stack fails is between it and the SDK.
  if (presentProgram() === undefined) rejections.push(reason);
});

/** A rejection that nobody handles fails the test it happens in: a throw inside a dropped `apply` surfaces only so. */
export const mochaHooks: RootHookObject = {
  afterEach() {
    const [first] = rejections.splice(0);
    if (first !== undefined)
      throw first instanceof Error ? first : new Error(`rejected with ${JSON.stringify(first)}`);
  },
};
