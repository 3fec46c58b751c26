import { spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface DemoRun {
  readonly exitCode: number;
  readonly output: string;
  /** Folder with the report and every raw log it names. */
  readonly folder: string;
  readonly report: string;
  readonly seconds: number;
}

/** The demo exactly as people run it, from the built program. */
export async function runDemo(...parameters: string[]): Promise<DemoRun> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-demo-'));
  const report = join(folder, 'report.json');
  const startedAt = Date.now();
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '..', '..', 'dist', 'demo.js'), ...parameters, '--json', report],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const exitCode = await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? 1)));
  return { exitCode, output, folder, report, seconds: (Date.now() - startedAt) / 1_000 };
}
