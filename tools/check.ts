/** Everything a machine can say about the code without running it. One line per check; ends with 1 if any fails. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileRules, staleFileNames } from './file-rules.ts';

const root = join(import.meta.dirname, '..');

interface Verdict {
  readonly passed: boolean;
  /** What to read when it failed. */
  readonly output: string;
}

interface Check {
  readonly name: string;
  run(): Promise<Verdict>;
}

/** A tool of node_modules; it passes when it ends with 0. */
function tool(name: string, command: string, ...args: readonly string[]): Check {
  return { name, run: () => run(join(root, 'node_modules', '.bin', command), args) };
}

/** Longest first, so that the two cores end together. */
const CHECKS: readonly Check[] = [
  tool('types', 'tsc', '-p', '.'),
  tool('imports', 'depcruise', '--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', '.'),
  tool('dead code', 'knip', '--no-progress'),
  tool('lint and format', 'biome', 'ci', '--error-on-warnings', '--colors=off', '--max-diagnostics=50', '.'),
  tool('generated docs', 'tsx', 'tools/generate-docs.ts', '--check'),
  { name: 'file rules', run: async () => verdictOf(await fileRules(root)) },
  { name: 'files in pages', run: async () => verdictOf(await staleFileNames(root)) },
];

function verdictOf(breaches: readonly string[]): Verdict {
  return { passed: breaches.length === 0, output: breaches.join('\n') };
}

function run(command: string, args: readonly string[]): Promise<Verdict> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) =>
      resolve({ passed: false, output: `${command} cannot be started: ${error.message}` }),
    );
    child.once('close', (code) => resolve({ passed: code === 0, output: output.trimEnd() }));
  });
}

/** Says the verdict as soon as it is there. */
async function report(check: Check): Promise<boolean> {
  const begun = performance.now();
  const { passed, output } = await check.run();
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
  console.log(`${passed ? '✓' : '✗'} ${check.name.padEnd(16)} ${seconds.padStart(6)} s`);
  if (!passed) console.log(output.replaceAll(/^/gm, '    '));
  return passed;
}

const waiting = [...CHECKS];
let failed = 0;
async function work(): Promise<void> {
  for (let check = waiting.shift(); check; check = waiting.shift()) {
    if (!(await report(check))) failed += 1;
  }
}
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, work));
process.exitCode = failed === 0 ? 0 : 1;
