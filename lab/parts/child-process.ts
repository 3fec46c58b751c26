import { type ChildProcess as Spawned, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Place } from '../topology.ts';
import {
  descendantsOf,
  identityOf,
  isAlive,
  isStill,
  isStopped,
  type ProcessIdentity,
  signalTrees,
} from './process-tree.ts';
import { waitUntil } from './wait-until.ts';

export interface ChildOptions {
  /** Name people use for it: `worker`, `booking-eu-west-1-0`. */
  readonly name: string;
  readonly place: Place;
  readonly command: string;
  readonly args: readonly string[];
  /** File that takes what it prints, appended to. */
  readonly log: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Opens a channel to the child that closes when this process dies, however it dies. */
  readonly channel?: boolean;
}

export interface Exit {
  readonly at: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Whether somebody here ended it. */
  readonly asked: boolean;
}

/** What a shell may carry that would send a part of the lab to a real cloud, a real database or through a proxy. */
const FOREIGN = /^(AWS_|TEMPORAL_|LIFEBOAT_|KUBE|PG[A-Z]|(HTTPS?|ALL|NO)_PROXY$)/i;

const withoutCredentials = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !FOREIGN.test(name)));

/** A Node child started with this dies with its parent, even a parent that was killed with -9. */
export const EXIT_WITH_PARENT = `--import=data:text/javascript,${encodeURIComponent(
  "process.once('disconnect',()=>process.kill(process.pid,'SIGKILL'));process.channel?.unref()",
)}`;

/** A real process of the lab: started, watched, stopped, frozen. */
export class ChildProcess {
  readonly name: string;
  readonly place: Place;
  readonly log: string;
  readonly identity: ProcessIdentity;
  readonly startedAt = new Date().toISOString();
  /** Resolves when it has ended, with how. Never rejects. */
  readonly exited: Promise<Exit>;
  #exit: Exit | null = null;
  #asked = false;
  readonly #spawned: Spawned;

  private constructor(options: ChildOptions, spawned: Spawned, failure: Promise<Error>) {
    this.name = options.name;
    this.place = options.place;
    this.log = options.log;
    this.#spawned = spawned;
    this.identity = identityOf(spawned.pid ?? -1);
    this.exited = new Promise((resolve) => {
      const end = (code: number | null, signal: NodeJS.Signals | null) => {
        this.#exit = { at: new Date().toISOString(), code, signal, asked: this.#asked };
        resolve(this.#exit);
      };
      spawned.once('exit', end);
      void failure.then(() => end(-1, null));
    });
  }

  /** Starts it; throws when the command cannot be run at all. */
  static async start(options: ChildOptions): Promise<ChildProcess> {
    const out = openSync(options.log, 'a');
    try {
      const spawned = spawn(options.command, [...options.args], {
        env: { ...withoutCredentials(process.env), ...options.environment },
        stdio: options.channel ? ['ignore', out, out, 'ipc'] : ['ignore', out, out],
        // Its own group: Ctrl-C in a terminal is for the supervisor, which then stops its parts in order.
        detached: true,
      });
      const failure = new Promise<Error>((resolve) => spawned.once('error', resolve));
      const child = new ChildProcess(options, spawned, failure);
      if (spawned.pid === undefined) throw await failure;
      return child;
    } finally {
      closeSync(out);
    }
  }

  get pid(): number {
    return this.identity.pid;
  }

  /** `null` while it runs. */
  get exit(): Exit | null {
    return this.#exit;
  }

  get frozen(): boolean {
    return this.#exit === null && isStopped(this.pid);
  }

  /** Waits for a condition; an exit meanwhile is an error that carries the last lines of the log. */
  async until(say: string, condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<void> {
    const gone = new AbortController();
    void this.exited.then((exit) => gone.abort(new Error(`${this.name} ended (${describeExit(exit)})`)));
    try {
      await waitUntil(say, condition, { timeoutMs, signal: gone.signal });
    } catch (caught) {
      throw new Error(`${this.name}: ${(caught as Error).message}\n${this.tail(12)}`.trimEnd());
    }
  }

  /** Last lines of its log. */
  tail(lines: number): string {
    try {
      return readFileSync(this.log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
    } catch {
      return '';
    }
  }

  /** Asks with SIGTERM, then kills whatever of it is left at the deadline. */
  async stop(deadlineMs = 3_000): Promise<void> {
    if (this.#exit) return;
    this.#asked = true;
    const below = descendantsOf(this.pid).map(identityOf);
    this.#send('SIGTERM');
    // A frozen one takes the order when it goes on.
    signalTrees([this.pid], 'SIGCONT');
    const deadline = setTimeout(() => this.kill(), deadlineMs);
    await this.exited;
    clearTimeout(deadline);
    // Children outlive a parent that did not wait for them.
    const left = below.filter(isStill).map((each) => each.pid);
    if (left.length > 0) signalTrees(left, 'SIGKILL');
  }

  /** SIGKILL to it and everything below it, at once. */
  kill(): void {
    ChildProcess.killTogether([this]);
  }

  /** SIGKILL to several and everything below them in one sweep: what a place does that is gone. */
  static killTogether(children: readonly ChildProcess[]): void {
    const living = children.filter((child) => child.exit === null);
    for (const child of living) child.#asked = true;
    signalTrees(
      living.map((child) => child.pid),
      'SIGKILL',
    );
  }

  /** SIGSTOP to it and everything below it: it holds its sockets and answers nothing. Resolves when it stands still. */
  async freeze(): Promise<void> {
    if (!this.#exit) await this.#settle(signalTrees([this.pid], 'SIGSTOP'), true);
  }

  /** Lets it go on, whoever stopped it. */
  async thaw(): Promise<void> {
    if (!this.#exit) await this.#settle(signalTrees([this.pid], 'SIGCONT'), false);
  }

  /** A signal is delivered a moment after it was sent. */
  async #settle(pids: readonly number[], stopped: boolean): Promise<void> {
    const settled = () => pids.every((pid) => !isAlive(pid) || isStopped(pid) === stopped);
    await waitUntil(`${this.name} has ${stopped ? 'stopped' : 'gone on'}`, settled, { timeoutMs: 2_000, everyMs: 5 });
  }

  #send(signal: NodeJS.Signals): void {
    try {
      this.#spawned.kill(signal);
    } catch {
      // It ended a moment ago.
    }
  }
}

export const describeExit = (exit: Exit): string =>
  exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code ?? 'unknown'}`;
