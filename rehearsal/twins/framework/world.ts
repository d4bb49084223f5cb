import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { withFileLock } from "./file-lock";

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = "sealed:";

type Records = Record<string, unknown>;
type Tables = Record<string, Records>;

/** The content of the world within one transaction; reached through tables. */
export interface WorldState {
  readonly tables: Tables;
}

/** The records of one table within a transaction. */
export interface Rows<T> {
  get(key: string): T | undefined;
  has(key: string): boolean;
  set(key: string, record: T): void;
  delete(key: string): boolean;
  entries(): [string, T][];
}

/** A named collection of records of one shape. */
export interface Table<T> {
  readonly name: string;
  /** The records of the table in a transaction. */
  of(state: WorldState): Rows<T>;
}

/** Declares a table. Names read `<package>/<kind>`; the records must survive a round trip through JSON. */
export function table<T extends object>(name: string): Table<T> {
  return {
    name,
    of(state) {
      const records = (): Records => (state.tables[name] ??= {});
      return {
        // A table is only ever written through its own declaration, so its records have this shape.
        get: (key) => (Object.hasOwn(records(), key) ? (records()[key] as T) : undefined),
        has: (key) => Object.hasOwn(records(), key),
        set: (key, record) => {
          records()[key] = record;
        },
        delete: (key) => Object.hasOwn(records(), key) && Reflect.deleteProperty(records(), key),
        entries: () => Object.entries(records()) as [string, T][],
      };
    },
  };
}

/**
 * What exists apart from Pulumi's state, kept in one file so that it outlives commands.
 * Safe for parallel operations and for several processes: every access is a transaction under a file lock.
 */
export class World {
  private readonly file: string;
  private readonly keyFile: string;
  private key: Buffer | undefined;

  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.file = resolve(folder, "world.json");
    this.keyFile = resolve(folder, "world.key");
  }

  /** Looks at the world without altering it. */
  read<T>(look: (state: WorldState) => T): T {
    return look({ tables: this.load() });
  }

  /** Alters the world. Everything the function does becomes visible at once, or not at all when it throws. */
  change<T>(alter: (state: WorldState) => T): T {
    return withFileLock(`${this.file}.lock`, () => {
      const tables = this.load();
      const result = alter({ tables });
      const draft = `${this.file}.${process.pid}.tmp`;
      writeFileSync(draft, JSON.stringify(tables, undefined, 1), { mode: 0o600 });
      renameSync(draft, this.file);
      return result;
    });
  }

  /** Encrypts a secret with the key of this world; the same secret gives the same text, which can be compared. */
  seal(secret: string): string {
    const key = this.sealingKey();
    const nonce = createHmac("sha256", key).update(secret).digest().subarray(0, NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key, nonce);
    const parts = [nonce, cipher.update(secret, "utf8"), cipher.final(), cipher.getAuthTag()];
    return `${SEALED}${Buffer.concat(parts).toString("base64")}`;
  }

  /** Decrypts what {@link seal} has encrypted; undefined for anything else. */
  unseal(text: string): string | undefined {
    if (!text.startsWith(SEALED)) return undefined;
    const bytes = Buffer.from(text.slice(SEALED.length), "base64");
    const decipher = createDecipheriv(CIPHER, this.sealingKey(), bytes.subarray(0, NONCE_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const content = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
    return Buffer.concat([decipher.update(content), decipher.final()]).toString("utf8");
  }

  private load(): Tables {
    if (!existsSync(this.file)) return {};
    // The file is written by this class alone.
    return JSON.parse(readFileSync(this.file, "utf8")) as Tables;
  }

  private sealingKey(): Buffer {
    this.key ??= withFileLock(`${this.keyFile}.lock`, () => {
      if (!existsSync(this.keyFile))
        writeFileSync(this.keyFile, randomBytes(32).toString("hex"), { mode: 0o600 });
      return Buffer.from(readFileSync(this.keyFile, "utf8"), "hex");
    });
    return this.key;
  }
}

/** Opens the simulated world of a state folder, to read it or to alter it behind Pulumi's back. */
export function openWorld(stateDir: string): World {
  return new World(resolve(stateDir, "world"));
}
