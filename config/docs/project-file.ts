import { noDefaultProviders, settingsKeys, settingsShape } from "../settings";
import { stringify } from "yaml";
import { type SchemaNode, describeSchema } from "../explain";
import { configNamespace } from "../problems";
import { secretKeys, secretNames } from "../secrets";

const header = `# The \`config:\` block is generated from config/ by \`npm run docs\`.
#
# An empty default means "not set". Without one, the engine would stop at the first group of missing keys; so the program
# gets to see the whole configuration and reports missing values, formats and contradictions together.
`;

interface Declaration {
  readonly type: string;
  readonly items?: { readonly type: string };
  readonly description: string;
  readonly default: unknown;
}

function declaration(node: SchemaNode): Declaration {
  const description = node.description ?? "";
  if (node.type === "boolean") return { type: "boolean", description, default: node.default ?? false };
  if (node.type === "array") return { type: "array", items: { type: "string" }, description, default: [] };
  if (node.type === "string") return { type: "string", description, default: node.default ?? "" };
  return { type: "object", description, default: {} };
}

/** The whole of Pulumi.yaml: the project, how its program is run and every key with type and description. */
export function projectFile(): string {
  const settings = settingsKeys.map(
    (name) => [name, declaration(describeSchema(settingsShape[name]))] as const,
  );
  const secrets = secretNames.map(
    (name) =>
      [
        name,
        { type: "string", description: `Secret. ${secretKeys[name].description}`, default: "" },
      ] as const,
  );
  const project = {
    name: configNamespace,
    description: "Spacelift self-hosted on AKS or on-premises Kubernetes",
    main: "index.ts",
    // The program is type-checked by `npm run typecheck`. At a preview its types are only taken away, without the compiler.
    runtime: {
      name: "nodejs",
      options: {
        packagemanager: "npm",
        typescript: false,
        // The SDK takes a stack trace of every promise: its frames are a tenth of the time and memory of a preview.
        nodeargs: "--require ./program/register-typescript.cjs --stack-trace-limit=4",
      },
    },
    config: {
      // A resource without an explicit provider would go to whatever cluster or daemon happens to be current.
      ...Object.fromEntries(Object.entries(noDefaultProviders).map(([key, value]) => [key, { value }])),
      ...Object.fromEntries<Declaration>([...settings, ...secrets]),
    },
  };
  return header + stringify(project, { lineWidth: 0 });
}
