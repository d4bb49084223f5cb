import assert from "node:assert/strict";
import { parseConfig } from "../../config/parse";
import { formatProblems } from "../../config/problems";
import { type TestConfig, raw, samples } from "./configurations";

/** A configuration with something wrong in it. */
export interface WrongConfiguration {
  /** What is wrong, after "rejects". */
  readonly title: string;
  readonly config: TestConfig;
  /** The problem that must be reported, as it is printed. */
  readonly line: string;
}

type Settings = Readonly<Record<string, unknown>>;
type Secrets = Readonly<Record<string, string | undefined>>;

/**
 * Describes wrong configurations by how they differ from a right one.
 *
 * @param configured gives the right one with changes merged in
 */
export const wrongFrom =
  (configured: (settings: Settings, secrets: Secrets) => TestConfig) =>
  (title: string, settings: Settings, line: string, secrets: Secrets = {}): WrongConfiguration => ({
    title,
    config: configured(settings, secrets),
    line,
  });

/** The same for secrets alone. */
export const wrongSecretFrom =
  (configured: (settings: Settings, secrets: Secrets) => TestConfig) =>
  (title: string, secrets: Secrets, line: string): WrongConfiguration => ({
    title,
    config: configured({}, secrets),
    line,
  });

/** Settings with nothing but one section: `section("aks", "network")` gives those of the network on Azure. */
export const section =
  (...path: readonly string[]) =>
  (value: unknown): Settings =>
    path.reduceRight((inner, key) => ({ [key]: inner }), value) as Settings;

/** How a secret is set that is typed in. */
export const prompt = (key: string): string =>
  `run \`pulumi config set --secret spacelift:${key}\` and paste the value at the prompt`;

/** The problems of a configuration as they are printed, one on each line. */
export function problemsOf(config: TestConfig): readonly string[] {
  const { problems } = parseConfig(raw(config));
  return problems.length === 0
    ? []
    : formatProblems(problems)
        .split("\n")
        .slice(1)
        .map((line) => line.trim());
}

/** A test for each configuration: the problem is reported, and no secret is shown. */
export function rejects(cases: readonly WrongConfiguration[]): void {
  for (const { title, config, line } of cases) {
    it(`rejects ${title}`, () => {
      const lines = problemsOf(config);
      const report = lines.join("\n");
      assert.ok(lines.includes(line), `expected\n${line}\ngot\n${report}`);
      assert.doesNotMatch(report, /planted/);
      assert.ok(!report.includes(samples.licenseToken));
    });
  }
}
