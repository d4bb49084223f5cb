import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import {
  deploySpacelift,
  destroySpacelift,
  readStackFile,
  releaseStackLock,
  SpaceliftError,
} from "../../../automation";
import type { Engine } from "../../../engine";
import { nameOf } from "../../../engine/protocol";
import type { Attempt, FaultSource } from "../../../rehearsal/twins";
import { processesBelow, readProcess } from "../../support/processes";
import { changeCount, OperationError, RehearsedStack } from "../../support/rehearsed-stack";
import { inventoryDifferences, worldInventory } from "../../support/world-inventory";
import type { Case } from "./cases";
import { isSignal, type RunEnd } from "./faults";

/** What is done to an installation while its steps fail. */
export type Phase = "install" | "change" | "remove";

/** How the operations of a phase are run: by plain `pulumi`, or by this package's command and what it is made of. */
export type Runner = "pulumi" | "spacelift";

/** How an installation differs from a usual one. */
export interface InstallationOptions {
  /** Folder that it is kept in, and that goes with it. @default - a fresh one */
  readonly dir?: string;
  /** Values that go over those of the case. */
  readonly config?: NonNullable<Case["config"]>;
  /** Further environment variables of every command. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One installation of a case in a folder of its own, brought to where a phase begins. */
export class Installation {
  private spoken = "";

  private constructor(
    readonly subject: Case,
    readonly phase: Phase,
    readonly dir: string,
    readonly stack: RehearsedStack,
    /** Operations that were carried out in the phase. */
    readonly operations: Attempt[],
  ) {}

  /** @param more what differs from a usual rehearsal */
  static async open(
    subject: Case,
    phase: Phase,
    engine: Engine,
    more: InstallationOptions = {},
  ): Promise<Installation> {
    const { dir = await mkdtemp(join(tmpdir(), "spacelift-torture-")), env } = more;
    const operations: Attempt[] = [];
    const { stack: name, secrets } = subject;
    const config = { ...subject.config, ...more.config };
    const stack = await RehearsedStack.open({
      dir,
      engine,
      stack: name,
      config,
      ...(secrets && { secrets }),
      ...(env && { env }),
      onOperation: ({ urn, type, operation }) => {
        operations.push({
          package: type.split(":")[0] ?? "",
          type,
          name: nameOf(urn),
          operation,
        });
      },
    });
    const installation = new Installation(subject, phase, dir, stack, operations);
    if (phase !== "install") await stack.up();
    if (phase === "change") stack.configure(subject.change);
    operations.length = 0;
    return installation;
  }

  /** Decides from now on which operations fail. */
  async sabotage(faults: FaultSource): Promise<void> {
    await this.stack.setFaults(faults);
  }

  /** Runs the phase once; gives what was said when it failed. */
  async run(runner: Runner): Promise<string | undefined> {
    try {
      if (runner === "pulumi")
        this.spoken += (this.phase === "remove" ? await this.stack.destroy() : await this.stack.up()).stdout;
      else await this.runByPackage();
      return undefined;
    } catch (error) {
      if (!(error instanceof OperationError || error instanceof SpaceliftError)) throw error;
      const said = error instanceof OperationError ? error.message : inspect(error, { depth: 9 });
      this.spoken += said + (error instanceof OperationError ? error.summary.stdout : "");
      return said;
    }
  }

  /** Remembers what was said by a command that others have run: secrets are looked for in it. */
  heard(text: string): void {
    this.spoken += text;
  }

  /** Ends a run that is under way from outside. */
  readonly end = (how: RunEnd): void => {
    if (how === "providers") void this.stack.close();
    else if (how === "backend") {
      const { there, away } = this.statesOf();
      renameSync(there, away);
      // No folder can be made where a file is: the state is out of reach.
      writeFileSync(there, "");
    } else {
      const isHit = (command: string): boolean =>
        how === "program" || how === "engine"
          ? command.includes("/cmd/run") || (how === "engine" && /\/pulumi(-[\w-]+)?\0/.test(command))
          : /\/pulumi\0/.test(command);
      const hit = processesBelow(process.pid).filter((pid) => isHit(readProcess(pid, "cmdline") ?? ""));
      for (const pid of hit) process.kill(pid, isSignal(how) ? how : "SIGKILL");
    }
  };

  /** Brings back what the end of a run has taken, less what was killed, and takes its lock away. */
  async recover(): Promise<void> {
    const { there, away } = this.statesOf();
    if (existsSync(away)) {
      rmSync(there);
      renameSync(away, there);
    }
    await releaseStackLock({ stack: this.subject.stack, workspace: await this.stack.workspace() });
  }

  /** Says how the installation is not as it should be at the end of the phase; undefined when it is. */
  async complaint(expected: readonly string[]): Promise<string | undefined> {
    const complaints: string[] = [];
    if (this.phase !== "remove") {
      for (const again of ["up", "refresh"] as const) {
        const summary = await this.stack[again]();
        if (changeCount(summary) > 0)
          complaints.push(`\`${again}\` finds changes afterwards: ${JSON.stringify(summary.changes)}`);
      }
    }
    const { deployment } = await this.stack.exportState();
    const pending = deployment["pending_operations"];
    if (Array.isArray(pending) && pending.length > 0)
      complaints.push(`pending operations are left in the state: ${JSON.stringify(pending).slice(0, 300)}`);
    complaints.push(...inventoryDifferences(expected, this.inventory()));
    complaints.push(...(await this.leaks()));
    return complaints.length === 0 ? undefined : complaints.join("\n");
  }

  /** Everything that the services hold. */
  inventory(): readonly string[] {
    return worldInventory(this.stack.folders.world);
  }

  async close(): Promise<void> {
    await this.stack.close();
    await rm(this.dir, { recursive: true, force: true });
  }

  private async runByPackage(): Promise<void> {
    const at = { stack: this.subject.stack, workspace: await this.stack.workspace() };
    const options = { onLog: (line: string) => void (this.spoken += line) };
    if (this.phase === "remove") await destroySpacelift(at, options);
    else {
      const { settings, secrets } = await readStackFile({ ...at, file: this.stack.folders.configFile });
      await deploySpacelift({ ...at, settings, secrets }, options);
    }
  }

  private statesOf(): { readonly there: string; readonly away: string } {
    const there = join(this.stack.folders.state, ".pulumi", "stacks");
    return { there, away: `${there}.away` };
  }

  /** Secrets in what was said until now. */
  private async leaks(): Promise<readonly string[]> {
    const outputs = await this.stack.outputs({ showSecrets: true });
    const given = [
      ...Object.values(this.subject.secrets ?? {}),
      ...Object.values(this.subject.change.secrets ?? {}),
    ];
    const made = [outputs["adminPassword"], outputs["encryptionPrivateKey"]];
    const secrets = [...given, ...made].flatMap((value) => (typeof value === "string" ? [value] : []));
    return secrets.some((secret) => secret !== "" && this.spoken.includes(secret))
      ? ["a secret was said in clear"]
      : [];
  }
}
