import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { stringify } from "yaml";
import { SpaceliftError, type StackOptions } from "../../automation";
import { writeStackFile } from "../../automation/stack-file/write";
import { configNamespace, formatProblems } from "../../config/problems";
import { isSecretName } from "../../config/secrets";
import type { Ask } from "../ask";
import { type Answers, problemsOf, readAnswers, sortAnswers } from "../init/answers";
import { interview } from "../init/interview";
import { stackFileOf } from "../project/stacks";
import { run } from "../run";
import type { Session, StackFlags } from "../session";

export interface InitFlags extends StackFlags {
  readonly answers?: string;
  readonly set: Answers;
  readonly secretsProvider?: string;
}

/** Asks what has no default, and writes a stack file with its secrets encrypted. */
export const init = (flags: InitFlags): Promise<void> => run(flags, (session) => act(session, flags));

async function act(session: Session, flags: InitFlags): Promise<undefined> {
  const { folder, reporter, ask } = session;
  const secret = Object.keys(flags.set).find(isSecretName);
  if (secret !== undefined) {
    throw invalid(`\`--set\` cannot take the secret \`${secret}\`: it would be in the shell's history`, {
      fix: "leave it to the question, or give it with `--answers -` on standard input",
    });
  }
  if (flags.stack !== undefined) refuseExisting(folder, flags.stack);
  const given = { ...(flags.answers !== undefined && readAnswers(flags.answers)), ...flags.set };
  // Whoever brings the answers along is not asked for more.
  const asked = flags.answers === undefined ? ask : undefined;
  const answers = asked ? await interview(given, asked) : given;
  const problems = problemsOf(answers);
  if (problems.length > 0) {
    throw new SpaceliftError("SPACELIFT_CONFIG_INVALID", formatProblems(problems), {
      fix: "answer what is missing and correct what is wrong",
      problems,
    });
  }
  const stack = flags.stack ?? (await nameOf(answers, asked));
  refuseExisting(folder, stack);
  const options = await whereTo(session, stack, flags);
  const file = stackFileOf(folder, stack);
  await writeStackFile({ ...options, ...sortAnswers(answers), file, signal: session.signal });
  const project = await writeProjectFile(folder, flags.backend === undefined ? undefined : options);
  const next = [`spacelift doctor -s ${stack}`, `spacelift up -s ${stack}`];
  reporter.result({
    command: "init",
    value: { stack, file, next },
    lines: [
      `wrote ${basename(file)}${project ? " and Pulumi.yaml" : ""}; docs/configuration.md describes every key`,
      ...(typeof options.workspace.secretsProvider === "object"
        ? ["keep the passphrase: nothing opens the secrets of this stack without it"]
        : []),
      "",
      "next:",
      ...next.map((line) => `  ${line}`),
    ],
  });
  return undefined;
}

const nameOf = async (answers: Answers, ask: Ask | undefined): Promise<string> => {
  const target = String(answers["target"]);
  return ask ? ask.text("Name of the stack", { initial: target }) : target;
};

function refuseExisting(folder: string, stack: string): void {
  const file = stackFileOf(folder, stack);
  if (existsSync(file)) {
    throw invalid(`"${file}" is there already`, {
      fix: "change it with `pulumi config set` or an editor, or take another name for the stack",
    });
  }
}

const whereTo = (session: Session, stack: string, { secretsProvider }: InitFlags): Promise<StackOptions> =>
  session.optionsFor(
    stack,
    secretsProvider === undefined ? undefined : { provider: secretsProvider, passphrase: false },
    { isNew: true },
  );

/** Makes the folder a Pulumi project, so that `pulumi config set` and `pulumi cancel` work in it; tells whether it did. */
async function writeProjectFile(folder: string, options: StackOptions | undefined): Promise<boolean> {
  const file = join(folder, "Pulumi.yaml");
  if (existsSync(file) || existsSync(join(folder, "Pulumi.yml"))) return false;
  const project = {
    name: configNamespace,
    description: "Spacelift self-hosted, deployed by `spacelift`",
    runtime: "nodejs",
    ...(options && { backend: { url: options.workspace.backend } }),
  };
  await writeFile(file, stringify(project), { flag: "wx" });
  return true;
}

const invalid = (message: string, details: { readonly fix: string }): SpaceliftError =>
  new SpaceliftError("SPACELIFT_OPTIONS_INVALID", message, details);
