// Runs in a process of its own: the installer has no time limit, so that the parent must be able to end it.
import { PulumiCommand } from "@pulumi/pulumi/automation";
import { SemVer } from "semver";

const [root, version] = process.argv.slice(2);
if (root === undefined || version === undefined) throw new Error("usage: install-child <root> <version>");
PulumiCommand.install({ root, version: new SemVer(version) }).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
