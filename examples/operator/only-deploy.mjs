// Reduces package.json to what a deployment needs. The SDKs of Pulumi are chosen by whoever installs this package: here, the
// releases it is developed with. package-lock.json stays, so npm installs what is locked, without the tools of developers.
import { readFileSync, writeFileSync } from "node:fs";

const { devDependencies, peerDependencies, dependencies, ...others } = JSON.parse(
  readFileSync("package.json", "utf8"),
);
const chosen = Object.keys(peerDependencies).map((name) => [name, devDependencies[name]]);
const reduced = { ...others, scripts: {}, dependencies: { ...dependencies, ...Object.fromEntries(chosen) } };
writeFileSync("package.json", `${JSON.stringify(reduced, undefined, 2)}\n`);
