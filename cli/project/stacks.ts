import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { SpaceliftError } from "../../automation/errors";
import { shortStackName } from "../../automation/stack-file/key";

/** The stacks that have a file in a folder, sorted by name. */
export function stacksIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => /^Pulumi\.(.+)\.ya?ml$/.exec(name)?.[1] ?? [])
    .sort();
}

/** Path of the file of a stack, whether it is there or not. */
export function stackFileOf(folder: string, stack: string): string {
  const short = shortStackName(stack);
  const yml = join(folder, `Pulumi.${short}.yml`);
  return existsSync(yml) ? yml : join(folder, `Pulumi.${short}.yaml`);
}

/**
 * The stack a command is about: the one that was named, or the only one of the folder.
 *
 * @throws SpaceliftError `SPACELIFT_OPTIONS_INVALID`
 */
export function chooseStack(folder: string, named: string | undefined): string {
  if (named !== undefined) return named;
  const [only, ...others] = stacksIn(folder);
  if (only !== undefined && others.length === 0) return only;
  throw new SpaceliftError(
    "SPACELIFT_OPTIONS_INVALID",
    only === undefined
      ? `there is no stack file in "${folder}"`
      : `"${folder}" has several stacks: ${[only, ...others].join(", ")}`,
    {
      fix:
        only === undefined
          ? "run `spacelift init` to make one, or name the folder with `--cwd`"
          : `name one: \`--stack ${only}\``,
    },
  );
}

/**
 * Path of the file of a stack.
 *
 * @throws SpaceliftError `SPACELIFT_OPTIONS_INVALID` when it is not there
 */
export function requireStackFile(folder: string, stack: string): string {
  const file = stackFileOf(folder, stack);
  if (existsSync(file)) return file;
  const known = stacksIn(folder);
  const others = known.length === 0 ? "" : `; the folder has ${known.join(", ")}`;
  throw new SpaceliftError("SPACELIFT_OPTIONS_INVALID", `there is no stack file "${file}"${others}`, {
    fix: `run \`spacelift init -s ${stack}\` to make it, or correct \`--stack\` or \`--cwd\``,
  });
}
