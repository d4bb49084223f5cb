import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

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

const PATIENCE_MS = 60_000;
const NAP_MS = 2;

/** Runs a function while holding a lock file, waiting for other processes; a lock whose owner has died is taken over. */
export function withFileLock<T>(path: string, work: () => T): T {
  acquire(path);
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

function acquire(path: string): void {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    if (tryAcquire(path)) return;
    if (!ownerLives(path)) rmSync(path, { force: true });
    else if (performance.now() > deadline)
      throw new Error(`the lock ${path} is held for too long by another process`);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, NAP_MS);
  }
}

function tryAcquire(path: string): boolean {
  // A link appears with its content, so that a lock always names its owner.
  const claim = `${path}.${process.pid}`;
  writeFileSync(claim, String(process.pid), { mode: 0o600 });
  try {
    linkSync(claim, path);
    return true;
  } catch (error) {
    if (isErrno(error, "EEXIST")) return false;
    throw error;
  } finally {
    rmSync(claim, { force: true });
  }
}

function ownerLives(path: string): boolean {
  try {
    process.kill(Number(readFileSync(path, "utf8")), 0);
    return true;
  } catch (error) {
    // No file: it has just been released. No permission: the owner belongs to someone else, but lives.
    return isErrno(error, "ENOENT") || isErrno(error, "EPERM");
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** Tells simulated time and lets operations take as long as they would, shortened by a factor. */
export class Clock {
  private elapsedSeconds = 0;
  private readonly startedAt = Date.now();
  private readonly began = performance.now();

  /** @param scale - simulated seconds per real second; `Infinity` never waits. */
  constructor(private readonly scale: number = Number.POSITIVE_INFINITY) {
    if (!(scale > 0)) throw new Error(`the clock scale must be positive, got ${scale}`);
  }

  /** Whether time passes at once, so that nobody is ever too early for anything. */
  get isInstant(): boolean {
    return !Number.isFinite(this.scale);
  }

  /** Lets simulated seconds pass; rejects with the reason of the signal when it is aborted. */
  async sleep(seconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (seconds <= 0) return;
    if (!Number.isFinite(this.scale)) {
      this.elapsedSeconds += seconds;
      return;
    }
    await pause((seconds / this.scale) * 1000, undefined, signal === undefined ? {} : { signal });
  }

  /** The simulated moment. */
  now(): Date {
    const real = (performance.now() - this.began) / 1000;
    const passed = Number.isFinite(this.scale) ? real * this.scale : real + this.elapsedSeconds;
    return new Date(this.startedAt + passed * 1000);
  }
}
