// The whole program, compiled, as the language host runs it; from a folder that is not the package's.
const { execFileSync } = require("node:child_process");
const { existsSync } = require("node:fs");
const { resolve } = require("node:path");

const pulumi = (...args) =>
  execFileSync("npx", ["--no-install", "spacelift", "rehearse", "pulumi", ...args, "--stack", "onprem"], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
const changes = (...args) =>
  pulumi(...args, "--json")
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line).summaryEvent?.resourceChanges)
    .find((found) => found !== undefined);

const { create, ...others } = changes("up", "--yes", "--skip-preview");
const planned = changes("preview");
const { url } = JSON.parse(pulumi("stack", "output", "--json"));
const state = resolve(".rehearsal/onprem/state");
console.log(
  JSON.stringify({
    created: create,
    others,
    planned: Object.keys(planned),
    url,
    keepsState: existsSync(state),
  }),
);
