import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { programDir } from '../lab-handle.ts';

export interface CommandRun {
  readonly exitCode: number;
  readonly stdout: string;
}

/** The `lifeboat` command as one of the lab's people runs it: the same program, nothing in between. */
export class LifeboatCommand {
  readonly #environment: Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<string, string>>) {
    this.#environment = environment;
  }

  /** Shows the command and everything it prints, as a terminal would. */
  show(...parameters: string[]): Promise<CommandRun> {
    process.stdout.write(`\n$ lifeboat ${parameters.map(quoted).join(' ')}\n`);
    return this.#run(parameters, true);
  }

  /** The same, showing nothing. */
  run(...parameters: string[]): Promise<CommandRun> {
    return this.#run(parameters, false);
  }

  /** Lines of `--json` output, parsed. */
  async json(...parameters: string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { stdout } = await this.#run(['--json', ...parameters], false);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  }

  /** What `lifeboat status` says of an execution; `null` when it says nothing. */
  async snapshot(executionId: string): Promise<ExecutionSnapshot | null> {
    const lines = await this.json('status', executionId);
    const line = lines.find(({ snapshot }) => typeof snapshot === 'object');
    return (line?.['snapshot'] as ExecutionSnapshot | undefined) ?? null;
  }

  #run(parameters: readonly string[], shown: boolean): Promise<CommandRun> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [join(programDir(), 'lifeboat.js'), ...parameters], {
        env: { ...process.env, ...this.#environment },
        stdio: ['ignore', 'pipe', shown ? 'inherit' : 'ignore'],
      });
      // Ctrl-C ends the demo in the middle of its story: the command that it has just begun must not outlive it.
      const kill = () => child.kill();
      process.once('exit', kill);
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        stdout += chunk;
        if (shown) process.stdout.write(chunk);
      });
      child.on('error', reject);
      child.on('close', (code) => {
        process.off('exit', kill);
        resolve({ exitCode: code ?? 1, stdout });
      });
    });
  }
}

const quoted = (word: string): string => (/^[\w./:=-]+$/.test(word) ? word : JSON.stringify(word));
