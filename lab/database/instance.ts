import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chownSync, closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { continueServer, killServer, stopServer } from '../parts/process-tree.ts';
import { waitUntil } from '../parts/wait-until.ts';
import type { Endpoint } from '../topology.ts';
import { postgresAccount } from './account.ts';
import type { Binaries } from './binaries.ts';
import { queryOnce, type Row } from './connection.ts';
import type { Settings } from './settings.ts';

const run = promisify(execFile);
const READY_DEADLINE_MS = 30_000;
const LOG_LINES_IN_ERRORS = 12;

interface InstanceOptions {
  readonly name: string;
  readonly binaries: Binaries;
  readonly dataDirectory: string;
  readonly listen: Endpoint;
  readonly settings: Settings;
  readonly log: string;
}

/** Instances whose postmaster runs: a process that ends must not leave them behind. */
const running = new Set<Instance>();
process.on('exit', () => {
  for (const instance of running) instance.killAtOnce();
});

/** One PostgreSQL server on one data directory: its process, started, stopped, killed, frozen. */
export class Instance {
  readonly name: string;
  readonly dataDirectory: string;
  readonly listen: Endpoint;
  readonly log: string;
  readonly #options: InstanceOptions;
  #process: ChildProcess | null = null;
  #exited: Promise<void> = Promise.resolve();
  #frozen = false;
  #killed = false;
  /** Aborted when the process ends, with how. */
  #ended = AbortSignal.abort(new Error('it was not started'));

  constructor(options: InstanceOptions) {
    this.name = options.name;
    this.dataDirectory = options.dataDirectory;
    this.listen = options.listen;
    this.log = options.log;
    this.#options = options;
  }

  /** The postmaster's process is there, frozen or not. */
  get alive(): boolean {
    return this.#process !== null;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** It ended by `kill`, not by itself or in order. */
  get killed(): boolean {
    return this.#killed;
  }

  get pid(): number | null {
    return this.#process?.pid ?? null;
  }

  /** Marks the data directory as a standby's, or as not. Before `start`. */
  setStandby(standby: boolean): void {
    if (standby) this.#signal('standby.signal');
    else rmSync(path.join(this.dataDirectory, 'standby.signal'), { force: true });
  }

  /** Marks the data directory as one that is recovered to a target when it starts. */
  setRecovery(): void {
    this.#signal('recovery.signal');
  }

  /** Starts it and waits until it answers queries. */
  async start(deadlineMs = READY_DEADLINE_MS): Promise<void> {
    if (this.#process) throw new Error(`${this.name} runs already, as process ${this.pid}`);
    this.#spawn();
    await this.waitFor('it answers', deadlineMs, async () => {
      await queryOnce(this.listen, 'select 1', [], 1_000);
      return true;
    });
  }

  async query(sql: string, values: readonly unknown[] = [], deadlineMs = 5_000): Promise<readonly Row[]> {
    return queryOnce(this.listen, sql, values, deadlineMs);
  }

  /**
   * Waits for something this server must bring about; gives up at once when it ends.
   * @param say what is waited for, for the error: `it takes writes`
   */
  async waitFor(say: string, deadlineMs: number, condition: () => Promise<boolean>): Promise<void> {
    try {
      await waitUntil(say, condition, { timeoutMs: deadlineMs, everyMs: 10, signal: this.#ended });
    } catch (caught) {
      throw new Error(`${this.name}: ${(caught as Error).message}${this.#lastLogLines()}`, { cause: caught });
    }
  }

  /** Shuts down in order: sessions are ended, standbys get everything, a last checkpoint is written. */
  async shutDown(deadlineMs: number): Promise<void> {
    this.#process?.kill('SIGINT');
    await this.#waitForExit(`${this.name} shutting down`, deadlineMs);
  }

  /** Ends it quickly but tidily, frozen or not; kills it when that takes too long. */
  async stop(): Promise<void> {
    if (this.#frozen) this.thaw();
    this.#process?.kill('SIGQUIT');
    await this.#waitForExit(`${this.name} stopping`, 5_000).catch(() => this.kill());
    if (this.#killed) await this.#releaseSharedMemory();
  }

  /** Kills every process of it before it returns its promise, which waits until they are gone. */
  async kill(): Promise<void> {
    if (!this.#process) return;
    this.#killed = true;
    this.killAtOnce();
    await this.#waitForExit(`${this.name} ending after SIGKILL`, 5_000);
  }

  killAtOnce(): void {
    if (this.pid !== null) killServer(this.pid);
  }

  /** Stops every process of it where it stands. */
  freeze(): void {
    if (this.pid === null) return;
    stopServer(this.pid);
    this.#frozen = true;
  }

  thaw(): void {
    if (this.pid !== null) continueServer(this.pid);
    this.#frozen = false;
  }

  #signal(name: string): void {
    const signal = path.join(this.dataDirectory, name);
    writeFileSync(signal, '');
    const { uid, gid } = postgresAccount;
    if (uid !== undefined && gid !== undefined) chownSync(signal, uid, gid);
  }

  #spawn(): void {
    const { binaries, settings } = this.#options;
    const output = openSync(this.log, 'a');
    const assignments = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(binaries.postgres, ['-D', this.dataDirectory, ...assignments], {
      ...postgresAccount,
      cwd: this.dataDirectory,
      // The commands that archive and restore are looked for there.
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin' },
      stdio: ['ignore', output, output],
      // Ctrl-C at a terminal goes to a whole process group; PostgreSQL would take it for an order.
      detached: true,
    });
    closeSync(output);
    this.#process = child;
    this.#frozen = false;
    this.#killed = false;
    running.add(this);
    const gone = new AbortController();
    this.#ended = gone.signal;
    this.#exited = new Promise((resolve) => {
      const ended = (because: string): void => {
        gone.abort(new Error(because));
        this.#process = null;
        running.delete(this);
        resolve();
      };
      child.once('exit', (code, signal) => ended(`ended with ${signal ?? `code ${code}`}`));
      child.once('error', (error) => ended(`could not be started: ${error.message}`));
    });
  }

  async #waitForExit(what: string, deadlineMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`${what} did not come about within ${deadlineMs} ms${this.#lastLogLines()}`)),
        deadlineMs,
      );
    });
    await Promise.race([this.#exited, late]).finally(() => clearTimeout(timer));
  }

  /** A killed postmaster leaves a System V segment, of which a machine has only so many. Its id is in the lock file. */
  async #releaseSharedMemory(): Promise<void> {
    try {
      const lock = readFileSync(path.join(this.dataDirectory, 'postmaster.pid'), 'utf8').split('\n');
      const id = lock[6]?.trim().split(/\s+/)[1];
      if (id) await run('ipcrm', ['-m', id]);
    } catch {
      // Gone already, or no ipcrm here: a few bytes stay until the machine restarts.
    }
  }

  #lastLogLines(): string {
    try {
      const lines = readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-LOG_LINES_IN_ERRORS);
      return `; last lines of ${this.log}:\n${lines.join('\n')}`;
    } catch {
      return `; no log at ${this.log}`;
    }
  }
}
