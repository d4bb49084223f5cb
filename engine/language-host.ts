import { chmod, copyFile, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

const NAME = "pulumi-language-nodejs";
const FRONT = "language-host-front.cjs";

const script = `#!/bin/sh
exec node "$(dirname "$0")/../libexec/${FRONT}" "$@"
`;

/**
 * Puts a front before the language host of an engine built from source. The host is older than the engine, which hands
 * the runtime options of a project over in a way that the host does not know, and it lets programs use only what
 * engines of its own time could do: the front runs programs itself.
 */
export async function frontLanguageHost(root: string): Promise<void> {
  const front = join(root, "bin", NAME);
  await mkdir(join(root, "libexec"), { recursive: true });
  await rename(front, join(root, "libexec", NAME));
  await copyFile(join(__dirname, "build", "language-host", "front.cjs"), join(root, "libexec", FRONT));
  await writeFile(front, script);
  await chmod(front, 0o755);
}
