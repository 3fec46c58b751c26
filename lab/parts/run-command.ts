import { spawn } from 'node:child_process';

export interface CommandResult {
  readonly code: number;
  readonly output: string;
}

/**
 * Runs a tool to its end and keeps what it printed, both streams together.
 * Never throws: a tool that is not there, or that runs past its deadline, ends with code -1 and says so in `output`.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly deadlineMs: number; readonly environment?: Readonly<Record<string, string>> },
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const deadline = setTimeout(() => {
      output += `\nended after ${options.deadlineMs} ms without an answer`;
      child.kill('SIGKILL');
    }, options.deadlineMs);
    const finish = (code: number) => {
      clearTimeout(deadline);
      resolve({ code, output: output.trim() });
    };
    child.on('error', (error) => {
      output += error.message;
      finish(-1);
    });
    child.on('close', (code) => finish(code ?? -1));
  });
}
