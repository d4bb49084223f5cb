import { ArchiveError } from "../config/files/archive";
import { ProxyError } from "../peers/proxy";
import { PushError } from "./errors";
import { progressLine } from "./progress";
import { pushImage, type PushOptions } from "./push";

/** The variables that a push is told everything by: arguments are seen by every user of the machine. */
export interface PushVariables {
  /** Absolute path of the archive; empty when it was extracted. */
  readonly ARCHIVE: string;
  /** Path of the image in the archive, or of its file. */
  readonly MEMBER: string;
  /** Content address of the image. */
  readonly IMAGE_ID: string;
  readonly ROLE: string;
  /** `registry.example.com/team/spacelift-backend:v3.0.0`. */
  readonly TARGET: string;
  /** Empty for a registry that asks for none. */
  readonly REGISTRY_USERNAME: string;
  readonly REGISTRY_PASSWORD: string;
  /** `true` or `false`. */
  readonly INSECURE: string;
  readonly PLAIN_HTTP: string;
}

function optionsOf(env: NodeJS.ProcessEnv): PushOptions {
  const read = (name: keyof PushVariables): string => env[name] ?? "";
  const target = read("TARGET");
  const slash = target.indexOf("/");
  const colon = target.lastIndexOf(":");
  const username = read("REGISTRY_USERNAME");
  const archive = read("ARCHIVE");
  return {
    role: read("ROLE"),
    address: target.slice(0, slash),
    repository: target.slice(slash + 1, colon),
    tag: target.slice(colon + 1),
    image: { path: archive, extracted: archive === "", member: read("MEMBER"), id: read("IMAGE_ID") },
    login: username === "" ? undefined : { username, password: read("REGISTRY_PASSWORD") },
    insecure: read("INSECURE") === "true",
    plainHttp: read("PLAIN_HTTP") === "true",
    env,
    signal: new AbortController().signal,
    onProgress: (progress) => process.stderr.write(`${progressLine(progress)}\n`),
  };
}

async function main(): Promise<void> {
  const options = optionsOf(process.env);
  try {
    const { digest } = await pushImage(options);
    process.stdout.write(`${digest}\n`);
  } catch (error) {
    if (!(error instanceof PushError || error instanceof ArchiveError || error instanceof ProxyError))
      throw error;
    const archive = options.image.extracted ? options.image.member : options.image.path;
    const message = error instanceof ArchiveError ? `"${archive}" ${error.message}` : error.message;
    process.stderr.write(`error: ${message}\n`);
    process.exitCode = 1;
  }
}

void main();
