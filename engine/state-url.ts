/**
 * The URL of a state backend as the engine is given it.
 *
 * Beside each file of a `file://` backend, the engine's library writes one with attributes that nobody reads, and writes it in
 * place (gocloud.dev, blob/fileblob, `setAttrs`): a run that is killed meanwhile leaves it empty, and then no command can read
 * the state any more ("failed to load checkpoint: EOF"). `metadata=skip` leaves it out; the state itself is replaced as a whole.
 */
export function stateUrl(backend: string): string {
  if (!backend.startsWith("file://") || /[?&]metadata=/.test(backend)) return backend;
  return `${backend}${backend.includes("?") ? "&" : "?"}metadata=skip`;
}
