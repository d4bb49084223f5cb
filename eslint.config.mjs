import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

/** Imports that would bend the direction of the architecture, by the folder they are forbidden in. */
const forbidden = (files, patterns, paths = []) => ({
  files,
  rules: { "@typescript-eslint/no-restricted-imports": ["error", { patterns, paths }] },
});
const azureRoot = {
  name: "@pulumi/azure-native",
  message:
    "Import a sub-module (`@pulumi/azure-native/network`): the whole package costs seconds and gigabytes.",
};
const outside = (folders, why) => ({
  group: [...folders.flatMap((folder) => [`**/${folder}`, `**/${folder}/**`]), "!@pulumi/**"],
  message: why,
});
const tests = outside(["tests"], "Nothing outside tests/ imports from it.");

export default tseslint.config(
  { ignores: ["node_modules/", ".rehearsal/", "dist/"] },
  eslint.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      // `const { left, ...rest }` is how a key is left out.
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      // Pulumi resources act by being constructed.
      "no-new": "off",
      "@typescript-eslint/no-extraneous-class": "off",
    },
  },
  {
    files: ["rehearsal/**", "tests/**"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
  forbidden(
    ["config/**"],
    [
      tests,
      outside(
        ["rehearsal", "automation", "preflight", "components", "program"],
        "config/ knows nothing of the other folders.",
      ),
    ],
    [azureRoot],
  ),
  forbidden(
    ["components/**"],
    [
      tests,
      outside(
        ["rehearsal", "automation", "preflight"],
        "components/ are used by the program, never the reverse.",
      ),
      {
        group: ["**/config/load", "**/config/load.js"],
        message: "Components take args; only the program reads config.",
      },
    ],
    [azureRoot],
  ),
  forbidden(
    ["components/spacelift/**", "components/cluster/**"],
    [
      tests,
      outside(["aks", "onprem"], "The Spacelift side never asks which target it is on: use the Platform."),
      {
        group: ["@pulumi/minio", "@pulumi/docker", "@pulumi/azure-native/*"],
        message: "Belongs to a platform.",
      },
    ],
    [azureRoot],
  ),
  forbidden(
    ["automation/**"],
    [
      tests,
      outside(["cli", "rehearsal"], "The embedding API knows neither its command line nor rehearsals."),
    ],
    [azureRoot],
  ),
  forbidden(
    ["preflight/**"],
    [
      tests,
      outside(["cli", "rehearsal"], "Preflight knows neither the command line nor rehearsals."),
      {
        regex: "(^|/)automation(/(?!azure/)|$)",
        message: "The embedding API calls preflight; of it, preflight uses the clients of Azure alone.",
      },
    ],
    [azureRoot],
  ),
  forbidden(
    ["automation/azure/**"],
    [
      tests,
      outside(["cli", "preflight", "rehearsal"], "The clients of Azure know how to ask, not what for."),
    ],
    [azureRoot],
  ),
  forbidden(
    ["kubernetes/**", "peers/**"],
    [
      tests,
      outside(
        ["automation", "cli", "components", "config", "engine", "preflight", "program", "rehearsal"],
        "kubernetes/ and peers/ know how to ask, not what for.",
      ),
    ],
  ),
  forbidden(
    ["images/**"],
    [
      tests,
      outside(
        ["automation", "cli", "components", "engine", "preflight", "program", "rehearsal"],
        "images/ knows how an image gets into a registry, not who wants it there.",
      ),
    ],
  ),
  forbidden(
    ["engine/**"],
    [
      tests,
      outside(
        ["automation", "cli", "components", "config", "preflight", "program", "rehearsal"],
        "engine/ knows nothing of what it runs.",
      ),
    ],
  ),
  forbidden(
    ["index.ts", "library.ts", "program/**"],
    [tests, outside(["rehearsal"], "The program knows nothing of rehearsals.")],
    [azureRoot],
  ),
  {
    files: ["tests/package/consumer/**", "tests/live/runtimes/*.cjs"],
    languageOptions: { globals: { console: "readonly" } },
    rules: {
      "no-console": "off",
      "@typescript-eslint/no-require-imports": ["error", { allowAsImport: true }],
    },
  },
  forbidden(
    ["examples/**"],
    [{ group: ["../*"], message: "Examples use the package by its name, as anybody else does." }],
  ),
  { files: ["**/*.{cjs,mjs}"], ...tseslint.configs.disableTypeChecked },
  {
    files: ["**/*.cjs"],
    languageOptions: {
      sourceType: "commonjs",
      globals: { __dirname: "readonly", Buffer: "readonly", process: "readonly", URL: "readonly" },
    },
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  {
    files: [
      "rehearsal/{command,start}.ts",
      "scripts/docs.ts",
      "scripts/pins.ts",
      "tests/bench/**",
      "tests/torture/index.ts",
      "examples/**",
    ],
    rules: { "no-console": "off" },
  },
);
