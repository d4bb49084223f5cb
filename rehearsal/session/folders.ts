import { join, resolve } from "node:path";

/** The Pulumi project a rehearsal runs: the repository, or what the package has of it. */
export const PROJECT_FOLDER = resolve(__dirname, "..", "..");

/** The working folders of the rehearsal of one stack; nothing of a rehearsal is written anywhere else. */
export interface Folders {
  /** Everything of this stack; `reset` deletes it. */
  readonly stack: string;
  /** A project file and the copy of the stack configuration. */
  readonly project: string;
  /** The copy of the stack configuration. */
  readonly configFile: string;
  /** The engine's state, as a file backend. */
  readonly state: string;
  /** The simulated world. */
  readonly world: string;
  /** Files that stand in for what a fresh clone does not have. */
  readonly standIns: string;
  /** What the operations said. */
  readonly logs: string;
  /** Home of the engine, with the plugins of real providers; shared by all stacks. */
  readonly home: string;
}

/** Names the working folders: below `base`, else `SPACELIFT_REHEARSAL_DIR`, else `.rehearsal` of the current folder. */
export function foldersOf(stack: string, base?: string, env: NodeJS.ProcessEnv = process.env): Folders {
  const given = env["SPACELIFT_REHEARSAL_DIR"];
  const root = resolve(base ?? (given !== undefined && given !== "" ? given : ".rehearsal"));
  const own = join(root, stack);
  const project = join(own, "project");
  return {
    stack: own,
    project,
    configFile: join(project, `Pulumi.${stack}.yaml`),
    state: join(own, "state"),
    world: join(own, "world"),
    standIns: join(own, "stand-ins"),
    logs: join(own, "logs"),
    home: join(root, ".home"),
  };
}
