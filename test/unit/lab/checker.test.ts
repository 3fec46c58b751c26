import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFigures } from '../../e2e/checker.ts';
import { temporaryFolder } from '../configuration/valid-configuration.ts';

const EVERY_MS = 100;

/** What is found wrong with a night: one attempt a letter, `+` acknowledged and `-` not. */
async function wrongWith(night: string, reported: { readonly rtoSeconds: number }) {
  const folder = await temporaryFolder();
  const write = (name: string, lines: readonly object[]): string => {
    const path = join(folder, name);
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return path;
  };
  const attempts = [...night].map((letter, number) => {
    const at = number * EVERY_MS;
    return { id: `booking-${number}`, at, doneAt: at + 10, ok: letter === '+', servedBy: null };
  });
  const booked = attempts.filter(({ ok }) => ok);
  const moved = night.lastIndexOf('-') * EVERY_MS;
  const rows = booked.map(({ id, at }) => ({ id, region: at < moved ? 'old' : 'new', committedAt: at + 5 }));
  const newest = booked.findLast(({ at }) => at < moved)!;
  const findings = checkFigures({
    execution: {
      status: 'succeeded',
      marks: {},
      actual: {
        ...reported,
        rpo: {
          minSeconds: 0,
          maxSeconds: 0.1,
          oldestLostAt: null,
          newestSurvivingAt: new Date(newest.at).toISOString(),
        },
      },
    },
    observer: {
      log: write('observer.jsonl', attempts),
      rows: {
        surviving: write('surviving.jsonl', rows),
        old: write(
          'old.jsonl',
          rows.filter(({ region }) => region === 'old'),
        ),
      },
    },
    ledger: { verified: true },
  });
  return findings.filter(({ holds }) => !holds).map(({ what }) => what);
}

const HELD = '+'.repeat(40);
const RTO_WRONG = ['the reported RTO is the observer’s, within 2 probe intervals or 2 %'];

test('measures the longest outage, not a stumble while the lab came up', async () => {
  const night = `${HELD}-----${HELD}${'-'.repeat(200)}${HELD}`;
  expect(await wrongWith(night, { rtoSeconds: 20.1 })).toEqual([]);
  expect(await wrongWith(night, { rtoSeconds: 0.6 })).toEqual(RTO_WRONG);
});

test('wants a figure as fine as the observer looked', async () => {
  const night = `${HELD}${'-'.repeat(50)}${HELD}`;
  expect(await wrongWith(night, { rtoSeconds: 5.2 })).toEqual([]);
  expect(await wrongWith(night, { rtoSeconds: 6 })).toEqual(RTO_WRONG);
});
