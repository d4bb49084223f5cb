// One life of a stack, by the package that is installed where this file lies.
const { execFileSync } = require("node:child_process");

const changes = (...args) =>
  execFileSync(
    "npx",
    ["--no-install", "spacelift", "rehearse", "pulumi", ...args, "-s", "onprem", "--json"],
    {
      encoding: "utf8",
      maxBuffer: 2 ** 30,
    },
  )
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line).summaryEvent?.resourceChanges)
    .find((found) => found !== undefined);

const up = ["up", "--yes", "--skip-preview"];
const { create } = changes(...up);
const second = changes(...up);
const last = changes("destroy", "--yes", "--skip-preview", "--exclude-protected");
console.log(
  JSON.stringify({
    node: process.version,
    sdk: require("@pulumi/pulumi/package.json").version,
    created: create,
    second: Object.keys(second),
    deleted: last.delete,
  }),
);
