import { rm } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { runDemo } from '../support/run-demo.ts';
import { check } from './checker.ts';

/** A demo takes one to two minutes, and several times that where other things run. */
const TEST_MS = 400_000;

/** One of the four nights; `npm run sweep:failover` has all of them. */
const nights = [{ fault: 'black-hole', lagMs: '3000' }] as const;

it.each(nights)(
  'moves the region and reports what the observer saw: $fault, $lagMs ms behind',
  { timeout: TEST_MS },
  async ({ fault, lagMs }) => {
    const run = await runDemo('--fault', fault, '--lag-ms', lagMs);
    expect(run.exitCode, run.output).toBe(0);
    const findings = check(run.report);
    expect(
      findings.filter((finding) => !finding.holds),
      `${run.folder} is kept`,
    ).toEqual([]);
    await rm(run.folder, { recursive: true, force: true });
  },
);
