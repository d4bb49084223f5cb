// Pushes one image. Run by Pulumi's command provider, which knows nothing of TypeScript: in the package the rest is compiled.
"use strict";

const { existsSync } = require("node:fs");
const { join } = require("node:path");

if (existsSync(join(__dirname, "main.ts"))) require("../program/register-typescript.cjs");
require("./main");
