import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import {
  isDefaultProvider,
  isFilled,
  type JsonValue,
  nameOf,
  readable,
  STACK_TYPE,
  typeOf,
} from "../../engine/protocol";
import type { RehearsalOperation, RehearsalSummary, Step } from "./summary";

/** Reads the event stream of one operation and sums it up. */
export class EventLog {
  private readonly steps = new Map<string, Step>();
  private readonly diagnostics: string[] = [];
  private readonly lines: string[] = [];
  private changes: Record<string, number> = {};
  private outputs: Record<string, JsonValue> | undefined;

  constructor(private readonly onStep: (step: Step) => void = () => undefined) {}

  /** Takes one line of the engine's standard output. */
  line(line: string): void {
    if (!line.startsWith("{")) {
      if (line.trim() !== "") this.diagnostics.push(`info: ${line}`);
      return;
    }
    // The engine's own format; the SDK publishes its type.
    const event = JSON.parse(line) as EngineEvent;
    const diagnostic = event.diagnosticEvent;
    // The SDK's debug messages spell secrets out: they are dropped here and written nowhere.
    if ((diagnostic?.severity as string | undefined) === "debug") return;
    this.lines.push(line);
    if (diagnostic !== undefined && diagnostic.ephemeral !== true)
      this.diagnose(diagnostic.severity, diagnostic.message, diagnostic.urn);
    if (event.stdoutEvent !== undefined) this.diagnose("info", event.stdoutEvent.message);
    if (event.resOutputsEvent !== undefined) this.finished(event.resOutputsEvent.metadata);
    if (event.resOpFailedEvent !== undefined) this.finished(event.resOpFailedEvent.metadata, true);
    if (event.summaryEvent !== undefined) this.changes = { ...event.summaryEvent.resourceChanges };
  }

  /** Sums up, once the command has ended. */
  summary(
    operation: RehearsalOperation,
    exit: { code: number | null; stderr: string; durationMs: number },
  ): RehearsalSummary {
    const complaints = exit.stderr.split("\n").filter((line) => line.trim() !== "");
    return {
      operation,
      ok: exit.code === 0,
      changes: this.changes,
      steps: [...this.steps.values()],
      diagnostics: [
        ...this.diagnostics,
        ...complaints.map((line) =>
          line.startsWith("error: ") || line.startsWith("warning: ") ? line : `info: ${line}`,
        ),
      ],
      ...(this.outputs !== undefined && { outputs: this.outputs }),
      durationMs: exit.durationMs,
      stdout: this.lines.join("\n"),
    };
  }

  private diagnose(severity: string, message: string, urn?: string): void {
    const text = message.trimEnd();
    if (text === "") return;
    const subject =
      urn === undefined || urn === "" || typeOf(urn) === STACK_TYPE ? "" : `${typeOf(urn)} ${nameOf(urn)}: `;
    this.diagnostics.push(`${severity === "info#err" ? "info" : severity}: ${subject}${text}`);
  }

  private finished(metadata: StepEventMetadata, failed = false): void {
    const { urn, type, op } = metadata;
    if (type === STACK_TYPE && metadata.new !== undefined && op !== "delete") {
      this.outputs = Object.fromEntries(
        Object.entries(metadata.new.outputs).map(([key, value]) => [key, readable(value)]),
      );
    }
    const name = nameOf(urn);
    if (isDefaultProvider(type, name)) return;
    // Components report twice: when they are registered and when their outputs are.
    const key = `${op} ${urn}`;
    const known = this.steps.has(key);
    const state = metadata.new ?? metadata.old;
    const step: Step = {
      op,
      urn,
      type,
      name,
      parent: state?.parent ?? "",
      ...(isFilled(metadata.keys) && { replaceKeys: metadata.keys }),
      ...(isFilled(metadata.diffs) && { diffs: metadata.diffs }),
      ...(failed && { failed: true as const }),
    };
    this.steps.set(key, step);
    if (!known) this.onStep(step);
  }
}
