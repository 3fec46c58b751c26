/**
 * Runs the tests, names every skipped one with its reason, and ends with the one line `N passed, N failed`. Arguments
 * go to Vitest. Where `CI=true` a skip is a failure: there, what is not run is not known.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { TALLY_VARIABLE, type TestTally } from './test-tally.ts';

const root = join(import.meta.dirname, '..');
const forbidsSkips = process.env['CI'] === 'true';

function runVitest(tallyPath: string): Promise<number> {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', `--reporter=${join(import.meta.dirname, 'test-tally.ts')}`];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...process.argv.slice(2)], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, [TALLY_VARIABLE]: tallyPath },
    });
    // Ctrl-C reaches Vitest too; whoever ends only this process ends both.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
    child.once('error', () => resolve(1));
    child.once('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
  });
}

function readTally(path: string): TestTally | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as TestTally;
  } catch {
    return null;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'lifeboat-tests-'));
const tallyPath = join(folder, 'tally.json');
const exitCode = await runVitest(tallyPath);
const tally = readTally(tallyPath) ?? { passed: 0, failed: 0, skipped: [] };
rmSync(folder, { recursive: true, force: true });

for (const { test, reason } of tally.skipped) console.log(`skipped: ${test}\n         ${reason}`);
if (forbidsSkips && tally.skipped.length > 0) console.log('CI=true: skipped tests fail the run');
let { failed } = tally;
if (exitCode !== 0 && failed === 0) {
  console.log(`Vitest ended with ${exitCode} although no test failed`);
  failed = 1;
}
const sound = failed === 0 && tally.passed > 0 && !(forbidsSkips && tally.skipped.length > 0);
process.exitCode = sound ? 0 : exitCode || 1;
console.log(`${tally.passed} passed, ${failed} failed`);
