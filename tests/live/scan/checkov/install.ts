import { join } from "node:path";
import type { PythonPrograms } from "../../ground/python-programs";

const version = "3.3.30";

/** The version whose checks the justifications answer. */
export const checkov: PythonPrograms = {
  name: "checkov",
  version,
  requirements: [`checkov==${version}`],
  constraintsFile: join(__dirname, "constraints.txt"),
};
