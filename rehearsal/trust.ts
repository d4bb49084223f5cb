import tls from "node:tls";

const trusted = new Set<string>();
const original = tls.createSecureContext;

/** Every context with the usual authorities gets those of rehearsals as well. */
function createSecureContext(options?: tls.SecureContextOptions): tls.SecureContext {
  const secure = original(options);
  // The context itself is the part of it that the types leave open.
  const context = secure.context as { readonly addCACert: (pem: string) => void };
  if (options?.ca === undefined) for (const pem of trusted) context.addCACert(pem);
  return secure;
}

/**
 * Makes this process trust a certificate as well: a program that runs inside of it asks the simulated registries for
 * logins, and `NODE_EXTRA_CA_CERTS` is only read when a process starts.
 *
 * @returns takes the trust away again
 */
export function trustAlso(pem: string): () => void {
  trusted.add(pem);
  tls.createSecureContext = createSecureContext;
  return () => {
    trusted.delete(pem);
    if (trusted.size === 0) tls.createSecureContext = original;
  };
}
