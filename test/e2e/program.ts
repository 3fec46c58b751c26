import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { programDir } from '../../lab/lab-handle.ts';

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Names that a shell of whoever runs the tests may carry, and that would decide what a command does. */
const OURS = /^(LIFEBOAT_|LAB_|AWS_|NO_COLOR$|FORCE_COLOR$|CI$)/;

const plainEnvironment = (): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)));

/** A command that was started, as its user sees it: what it says so far, and how it ends. */
export class Program {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(command, args, {
      env: { ...plainEnvironment(), ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stdout += chunk;
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      this.#stderr += chunk;
    });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code) =>
        resolve({ exitCode: code ?? -1, stdout: this.#stdout, stderr: this.#stderr }),
      );
    });
  }

  /** Everything it said so far, on either stream. */
  get said(): string {
    return this.#stdout + this.#stderr;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }
}

/** A built program of ours: `lifeboat` or `lab`. */
export const built = (
  name: 'lifeboat' | 'lab',
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Program => new Program(process.execPath, [join(programDir(), `${name}.js`), ...args], environment);

/** Runs a built program to its end. */
export const run = (...parameters: Parameters<typeof built>): Promise<Ended> => built(...parameters).ended;
