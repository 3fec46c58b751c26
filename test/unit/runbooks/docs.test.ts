import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Plan, planGates } from '../../../domain/plan.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import type { Runbook } from '../../../runbooks/language/runbook.ts';
import { manualScript } from '../../../runbooks/pages/manual-script.ts';
import { RUNBOOKS } from '../../../runbooks/registry.ts';

// Each call of the generator is a process that begins by compiling its sources, which on a busy machine takes many seconds.
vi.setConfig({ testTimeout: 180_000 });

const ROOT = join(import.meta.dirname, '../../..');

const examplePlan = (runbook: Runbook): Plan =>
  compilePlan({ runbook, service: EXAMPLE_SERVICE, parameters: runbook.example(EXAMPLE_SERVICE) });

function generateDocs(...args: readonly string[]) {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'tools/generate-docs.ts', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, stderr };
}

test('the pages in docs/ are what the code says now', () => {
  expect(generateDocs('--check')).toEqual({ status: 0, stderr: '' });
});

describe('generated pages', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lifeboat-docs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('that were edited, or belong to no runbook, are named by the check and mended by the generator', () => {
    expect(generateDocs('--root', folder).status).toBe(0);
    expect(generateDocs('--check', '--root', folder).status).toBe(0);
    appendFileSync(join(folder, 'docs/errors.md'), 'and another thing\n');
    writeFileSync(join(folder, 'docs/runbooks/gone.md'), 'a runbook that is no more\n');
    const { status, stderr } = generateDocs('--check', '--root', folder);
    expect(status).toBe(1);
    expect(stderr).toContain('stale: docs/errors.md');
    expect(stderr).toContain('orphaned: docs/runbooks/gone.md');
    expect(generateDocs('--root', folder).status).toBe(0);
    expect(generateDocs('--check', '--root', folder).status).toBe(0);
    const page = (root: string) => readFileSync(join(root, 'docs/runbooks/region-failover.md'), 'utf8');
    expect(page(folder)).toBe(page(ROOT));
  });
});

describe.each(RUNBOOKS.map((runbook) => ({ id: runbook.id, runbook })))('the script of $id', ({ runbook }) => {
  const script = manualScript(examplePlan(runbook));

  test('is one a shell can parse', () => {
    const { status, stderr } = spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('leaves no value of the service out', () => {
    expect(script).not.toMatch(/undefined|\[object/);
  });
});

const gated = RUNBOOKS.map((runbook) => ({ id: runbook.id, plan: examplePlan(runbook) })).filter(
  ({ plan }) => planGates(plan).length > 0,
);

test.each(gated)('the script of $id goes no further when nobody agreed', ({ plan }) => {
  const script = manualScript(plan);
  const gate = script.slice(script.indexOf('printf'), script.indexOf('\n\n', script.indexOf('read -r ANSWER')));
  const answered = (answer: string) =>
    spawnSync('sh', ['-c', `set -eu\n${gate}\necho went on`], { input: `${answer}\n`, encoding: 'utf8' });
  expect(answered('no').stdout).not.toContain('went on');
  expect(answered('yes').stdout).toContain('went on');
});
