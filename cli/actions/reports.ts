import {
  getBillOfMaterials,
  getOutputs,
  getStatus,
  preflight,
  previewSpacelift,
  SpaceliftError,
  type StackOutputs,
} from "../../automation";
import { CHECK_FAILED, NOT_HEALTHY } from "../exit-codes";
import { checkCounts, checkLines } from "../render/findings";
import { statusLines } from "../render/status-lines";
import { outputLines, planLines } from "../render/summary";
import { run } from "../run";
import type { Session, StackFlags } from "../session";

/** Looks whether a deployment can work. */
export const doctor = (flags: StackFlags): Promise<void> =>
  run(
    flags,
    async (session) => {
      const options = await session.deploymentOptions();
      const report = await preflight(options, session.runOptions);
      session.reporter.result({
        command: "doctor",
        value: { stack: options.stack, ...report },
        lines: [...checkLines(report.results), "", checkCounts(report.results)],
      });
      return report.ok ? 0 : CHECK_FAILED;
    },
    { tellsChecks: false },
  );

/** Says what `up` would do. */
export const preview = (flags: StackFlags): Promise<void> =>
  run(flags, async (session) => {
    const options = await session.deploymentOptions();
    const plan = await previewSpacelift(options, session.runOptions);
    session.reporter.result({
      command: "preview",
      value: { stack: options.stack, ...plan },
      lines: planLines(plan),
    });
    return undefined;
  });

export interface StatusFlags extends StackFlags {
  readonly drift: boolean;
}

/** Tells how an installation is. */
export const status = (flags: StatusFlags): Promise<void> =>
  run(flags, async (session) => {
    const options = await session.deploymentOptions();
    const report = await getStatus(options, { ...session.runOptions, drift: flags.drift });
    session.reporter.result({
      command: "status",
      value: { stack: options.stack, ...report },
      lines: statusLines(report),
    });
    return report.verdict === "healthy" ? 0 : NOT_HEALTHY;
  });

/** Lists what an installation is made of. */
export const sbom = (flags: StackFlags): Promise<void> =>
  run(
    flags,
    async (session) => {
      const options = await session.stackOptions();
      const bill = await getBillOfMaterials(options, session.runOptions);
      session.reporter.result({
        command: "sbom",
        value: { stack: options.stack, sbom: bill },
        lines: [JSON.stringify(bill, undefined, 2)],
      });
      return undefined;
    },
    { tellsEvents: false },
  );

export interface OutputsFlags extends StackFlags {
  readonly showSecrets?: boolean;
}

const MASK = "[secret]";

/** Shows what a stack gives. */
export const outputs = (name: string | undefined, flags: OutputsFlags): Promise<void> =>
  run(flags, (session) => show(session, name, flags.showSecrets === true), { tellsEvents: false });

async function show(session: Session, name: string | undefined, showSecrets: boolean): Promise<undefined> {
  const options = await session.stackOptions();
  const read = await getOutputs(options, session.runOptions);
  const clear = select(read.outputs, name);
  const secret = select(read.secrets, name);
  if (name !== undefined && Object.keys({ ...clear, ...secret }).length === 0) throw unknown(name, read);
  const shown = { ...clear, ...(showSecrets ? secret : mask(secret)) };
  session.reporter.result({
    command: "outputs",
    // Whoever reads JSON must not take the mask for the value.
    value: {
      stack: options.stack,
      outputs: showSecrets ? shown : clear,
      ...(!showSecrets && { withheld: Object.keys(secret) }),
    },
    lines: name === undefined ? outputLines(shown) : oneOutput(shown[name]),
  });
  return undefined;
}

type Values = Readonly<Record<string, unknown>>;

const select = (values: object, name: string | undefined): Values =>
  Object.fromEntries(Object.entries(values).filter(([key]) => name === undefined || key === name));

const mask = (values: Values): Values => Object.fromEntries(Object.keys(values).map((key) => [key, MASK]));

const oneOutput = (value: unknown): readonly string[] =>
  typeof value === "string" ? [value] : [JSON.stringify(value, undefined, 2)];

function unknown(name: string, { outputs: clear, secrets }: StackOutputs): SpaceliftError {
  const known = [...Object.keys(clear), ...Object.keys(secrets)].sort();
  return new SpaceliftError("SPACELIFT_OPTIONS_INVALID", `the stack has no output "${name}"`, {
    fix: `choose one of ${known.join(", ")}`,
  });
}
