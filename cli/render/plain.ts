import type { SpaceliftEvent } from "../../automation";
import { counts, duration, isUneventful, operationWords, phaseWords, shortType, usual } from "./words";

/**
 * Words an event as lines for logs and pipes: what began, what was done and how long it took, and what is being waited
 * for. Resources that stay as they are give no line.
 */
export function plainLines(event: SpaceliftEvent): readonly string[] {
  const at = (text: string): string => `[${duration(event.elapsedMs).padStart(7)}] ${text}`;
  switch (event.kind) {
    case "phase":
      return [at(phaseWords[event.phase])];
    case "check": {
      const { status, title, reason } = event.check;
      // What failed is in the error, with what to do about it.
      return status === "warning" ? [at(`${status}: ${title}: ${reason}`)] : [];
    }
    case "plan":
      return [at(`plan: ${counts(event.changes, true)}`)];
    case "resource": {
      const { status, operation, resource, done, total, durationMs } = event;
      const { sign, done: word, now } = operationWords(operation);
      const what = `${resource.name}  ${resource.type}`;
      if (status === "failed") return [at(`! ${now} failed: ${what}`)];
      if (status !== "done" || isUneventful(operation)) return [];
      const position = total === undefined ? String(done) : `${done}/${total}`;
      const took = durationMs === undefined ? "" : `  ${duration(durationMs)}`;
      return [at(`${position.padStart(7)}  ${sign} ${word} ${what}${took}`)];
    }
    case "waiting":
      return event.waitingFor.map(({ name, type, operation, sinceMs, why, usualMs }) => {
        const reason = why === undefined ? "" : `: ${why}`;
        const times = usualMs === undefined ? "" : ` (${usual(usualMs)})`;
        const { now } = operationWords(operation);
        return at(`waiting, ${duration(sinceMs)} ${now} ${name} (${shortType(type)})${reason}${times}`);
      });
    case "message": {
      const about = event.resource === undefined ? "" : `${event.resource.name}: `;
      const level = event.severity === "info" ? "" : `${event.severity}: `;
      return `${level}${about}${event.message}`.split("\n").map(at);
    }
  }
}
