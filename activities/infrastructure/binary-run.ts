import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface BinaryRun {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  /** Why it was told to stop; `null` when it ended by itself. */
  readonly stopped: 'aborted' | 'deadline' | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BinaryRunOptions {
  readonly binary: string;
  readonly args: readonly string[];
  /** The whole environment it gets: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Private folder for what it prints. */
  readonly dir: string;
  readonly name: string;
  readonly deadlineMs: number;
  /** How long it may take to stop, release its lock and write its state, before it is killed. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
}

/**
 * Runs the binary to its end. When aborted or out of time it is interrupted first, so that it writes its state and releases its lock,
 * and killed only when it does not stop.
 *
 * It prints into files and leads a process group of its own: a worker that dies in the middle neither breaks its pipe nor takes it
 * along, because an apply that is torn off forgets what it has just created.
 * @throws the system's error when it cannot be started.
 */
export async function runBinary(options: BinaryRunOptions): Promise<BinaryRun> {
  const { binary, args, environment, dir, name, deadlineMs, graceMs, signal } = options;
  const paths = [join(dir, `${name}.out`), join(dir, `${name}.err`)] as const;
  const [stdout, stderr] = await Promise.all(paths.map((path) => open(path, 'w', 0o600)));
  try {
    const ended = await new Promise<Pick<BinaryRun, 'code' | 'stopped'>>((resolve, reject) => {
      const child = spawn(binary, [...args], {
        env: environment,
        stdio: ['ignore', stdout!.fd, stderr!.fd],
        detached: true,
      });
      let stopped: BinaryRun['stopped'] = null;
      let kill: NodeJS.Timeout | undefined;
      const stop = (why: 'aborted' | 'deadline'): void => {
        if (stopped) return;
        stopped = why;
        // A second interrupt would make it exit at once, lock and all: it gets one, and its providers none.
        child.kill('SIGINT');
        kill = setTimeout(() => killGroup(child.pid), graceMs);
      };
      const deadline = setTimeout(stop, deadlineMs, 'deadline');
      const aborted = (): void => stop('aborted');
      signal.addEventListener('abort', aborted, { once: true });
      const settle = (): void => {
        clearTimeout(deadline);
        clearTimeout(kill);
        signal.removeEventListener('abort', aborted);
      };
      child.once('error', (error) => {
        settle();
        reject(error);
      });
      child.once('exit', (code) => {
        settle();
        resolve({ code, stopped });
      });
      if (signal.aborted) aborted();
    });
    const [printed, complained] = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
    return { ...ended, stdout: printed ?? '', stderr: complained ?? '' };
  } finally {
    await Promise.all([stdout?.close(), stderr?.close()]);
  }
}

/** Providers run as its children. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended a moment ago.
  }
}
