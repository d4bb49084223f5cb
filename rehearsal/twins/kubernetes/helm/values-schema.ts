import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import { canonicalJson, type Properties, TwinError } from "../../framework";

// Compiling takes a hundred times as long as validating, and one release is checked many times.
const compiled = new Map<string, ValidateFunction>();

/** Throws in the words of Helm when values do not meet the schema of their chart. */
export function checkValues(chart: string, schema: Properties, values: Properties): void {
  const key = canonicalJson(schema);
  const validate = compiled.get(key) ?? new Ajv({ strict: false, allErrors: true }).compile(schema);
  compiled.set(key, validate);
  if (validate(values)) return;
  const lines = (validate.errors ?? []).filter(({ keyword }) => keyword !== "if").map(describe);
  throw new TwinError(
    `values don't meet the specifications of the schema(s) in the following chart(s):\n${chart}:\n${[...new Set(lines)].join("\n")}`,
  );
}

function describe({ instancePath, keyword, params, message }: ErrorObject): string {
  const path = instancePath === "" ? "(root)" : instancePath.slice(1).replaceAll("/", ".");
  const { additionalProperty, missingProperty, type } = params as Record<string, unknown>;
  switch (keyword) {
    case "additionalProperties":
      return `- ${path}: Additional property ${String(additionalProperty)} is not allowed`;
    case "required":
      return `- ${path}: ${String(missingProperty)} is required`;
    case "type":
      return `- ${path}: Invalid type. Expected: ${[type].flat().map(String).join(" or ")}`;
    default:
      return `- ${path}: ${message ?? keyword}`;
  }
}
