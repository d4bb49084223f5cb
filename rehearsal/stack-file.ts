import { createCipheriv, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { isMap, parse, stringify } from "yaml";
import { REHEARSAL_PASSPHRASE } from "./environment";

/** A value of the stack configuration, as YAML and JSON know it. */
export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue | undefined };

/** A plain object of the stack configuration. */
export type ConfigObject = Record<string, ConfigValue | undefined>;

/** Tells an object apart from scalars and lists. */
export function isConfigObject(value: unknown): value is ConfigObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isMap(value);
}

/**
 * A stack configuration in memory. A path is `section.field`, `name` or `namespace:name`;
 * without a namespace it is in the project's. Secrets are kept apart in clear and leave only sealed.
 */
export class StackFile {
  private readonly values: ConfigObject;
  private readonly secrets = new Map<string, string>();
  /** Encrypted keys of the source, which a rehearsal cannot decrypt and so leaves out. */
  readonly unreadable: ReadonlySet<string>;

  /** @param isOwn whether its secrets are encrypted with the rehearsal's own key, and so stay. @default false */
  constructor(
    source: string,
    private readonly namespace: string,
    isOwn = false,
  ) {
    const document: unknown = parse(source) ?? {};
    const config = isConfigObject(document) ? (document["config"] ?? {}) : undefined;
    if (!isConfigObject(config)) throw new Error("a stack file is a mapping with the key `config`");
    this.values = structuredClone(config);
    const encrypted = Object.entries(this.values).filter(([, value]) => !isOwn && holdsCiphertext(value));
    for (const [key] of encrypted) Reflect.deleteProperty(this.values, key);
    this.unreadable = new Set(encrypted.map(([key]) => key));
  }

  /** Reads a value; undefined when it, or an object on the way to it, is not there. */
  get(path: string): ConfigValue | undefined {
    const [key, ...fields] = this.split(path);
    const secret = this.secrets.get(key);
    if (secret !== undefined && fields.length === 0) return secret;
    return fields.reduce<ConfigValue | undefined>(
      (value, name) => (isConfigObject(value) ? value[name] : undefined),
      this.values[key],
    );
  }

  /** Sets a value, making the objects on the way to it; undefined takes it away. Throws when a scalar is in the way. */
  set(path: string, value: ConfigValue | undefined): void {
    const [key, ...fields] = this.split(path);
    this.secrets.delete(key);
    const last = fields.pop();
    if (last === undefined) {
      assign(this.values, key, value);
      return;
    }
    let object = descend(this.values, key);
    for (const name of fields) object = descend(object, name);
    assign(object, last, value);
  }

  /** Sets a secret, which is always a key of its own. */
  setSecret(path: string, value: string): void {
    const [key, ...fields] = this.split(path);
    if (fields.length > 0)
      throw new Error(`\`${path}\`: a secret is a key of its own, not a field of an object`);
    Reflect.deleteProperty(this.values, key);
    this.secrets.set(key, value);
  }

  /** Writes the file for the engine, every secret sealed under the given salt. */
  write(seal: (clear: string) => string, encryptionSalt: string): string {
    const sealed = [...this.secrets].map(([key, clear]) => [key, { secure: seal(clear) }] as const);
    return stringify({
      encryptionsalt: encryptionSalt,
      config: { ...this.values, ...Object.fromEntries(sealed) },
    });
  }

  private split(path: string): [string, ...string[]] {
    const colon = path.indexOf(":");
    const [first = "", ...fields] = path.slice(colon + 1).split(".");
    return [`${colon < 0 ? this.namespace : path.slice(0, colon)}:${first}`, ...fields];
  }
}

function descend(object: ConfigObject, name: string): ConfigObject {
  const present = object[name];
  if (isConfigObject(present)) return present;
  if (present !== undefined && present !== null) throw new Error(`\`${name}\` is not an object of fields`);
  const fresh: ConfigObject = {};
  object[name] = fresh;
  return fresh;
}

function assign(object: ConfigObject, name: string, value: ConfigValue | undefined): void {
  if (value === undefined) Reflect.deleteProperty(object, name);
  else object[name] = value;
}

function holdsCiphertext(value: ConfigValue | undefined): boolean {
  if (!isConfigObject(value)) return Array.isArray(value) && value.some(holdsCiphertext);
  const fields = Object.entries(value);
  if (fields.length === 1 && typeof value["secure"] === "string") return true;
  return fields.some(([, field]) => holdsCiphertext(field));
}

const derive = promisify(pbkdf2);
const ITERATIONS = 1_000_000;
const keys = new Map<string, Promise<Buffer>>();

/** Derives the key of the engine's passphrase provider for an `encryptionsalt` the engine wrote. */
export async function passphraseKey(
  encryptionSalt: string,
  passphrase = REHEARSAL_PASSPHRASE,
): Promise<Buffer> {
  const [version, salt] = encryptionSalt.split(":");
  if (version !== "v1" || salt === undefined)
    throw new Error("the engine wrote an `encryptionsalt` of an unknown kind");
  const id = `${salt} ${passphrase}`;
  const pending = keys.get(id) ?? derive(passphrase, Buffer.from(salt, "base64"), ITERATIONS, 32, "sha256");
  keys.set(id, pending);
  return pending;
}

/**
 * Gives the function that encrypts a configuration value as the engine's passphrase provider does (AES-256-GCM),
 * for an `encryptionsalt` the engine wrote. It spares a call of the command line for each secret,
 * and no secret passes through arguments or files on its way.
 */
export async function sealerFor(
  encryptionSalt: string,
  passphrase = REHEARSAL_PASSPHRASE,
): Promise<(clear: string) => string> {
  const key = await passphraseKey(encryptionSalt, passphrase);
  return (clear) => {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", key, nonce);
    const sealed = Buffer.concat([cipher.update(clear, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1:${nonce.toString("base64")}:${sealed.toString("base64")}`;
  };
}
