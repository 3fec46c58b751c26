import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WatchSample } from '../../../domain/watch-sample.ts';
import { CanaryNumbers } from '../../../watch/canary-numbers.ts';
import { linesFromEnd } from '../../../watch/lines-from-end.ts';
import { bequestOf, readSamples } from '../../../watch/sample-journal.ts';
import { temporaryFolder } from '../configuration/valid-configuration.ts';
import { NOON, stream } from '../measure/sample-stream.ts';
import { seededRandom } from '../measure/seeded-random.ts';

const linesOf = (samples: readonly WatchSample[]): string =>
  samples.map((sample) => `${JSON.stringify(sample)}\n`).join('');
const byEnd = (samples: readonly WatchSample[]): WatchSample[] =>
  [...samples].sort((one, other) => one.doneAt - other.doneAt);

describe('reading samples', () => {
  it('gives each vantage’s samples since an instant by request start, and nothing else that lies there', async () => {
    const folder = await temporaryFolder();
    const control = stream('+++???---+++');
    const recovery = stream('++++++++++++', { vantage: 'eu-west-3' });
    await writeFile(join(folder, 'control.jsonl'), linesOf(byEnd(control)));
    await writeFile(join(folder, 'eu-west-3.jsonl'), linesOf(recovery));
    await writeFile(join(folder, 'control.outages.jsonl'), '{"from":null,"to":null,"misses":3}\n');
    await writeFile(join(folder, 'control.mismatches.jsonl'), '{}\n');
    await mkdir(join(folder, 'control.numbers'));
    expect(await readSamples(folder, NOON + 400)).toEqual([...control.slice(4), ...recovery.slice(4)]);
    expect(await readSamples(folder, 0)).toEqual([...control, ...recovery]);
  });

  it('leaves out lines cut short, at the end and in the middle', async () => {
    const folder = await temporaryFolder();
    const samples = stream('++++');
    const path = join(folder, 'control.jsonl');
    const whole = linesOf(samples);
    await writeFile(path, `${whole.slice(0, -30)}\n${linesOf(samples.slice(3))}{"vantage":"control","num`);
    expect(await readSamples(folder, 0)).toEqual(samples);
    expect((await bequestOf(folder, 'control')).newestNumber).toBe(4);
  });

  it('finds nothing where nothing was written yet', async () => {
    expect(await readSamples('/nowhere/booking', 0)).toEqual([]);
    expect(await bequestOf('/nowhere/booking', 'control')).toEqual({ newestNumber: 0, lastSuccessAt: null });
  });

  it('reads no further back than it must', async () => {
    const folder = await temporaryFolder();
    const path = join(folder, 'control.jsonl');
    const [old, wanted] = [
      stream('+++'),
      stream('+++').map((one) => ({ ...one, at: one.at + 60_000, doneAt: one.doneAt + 60_000 })),
    ];
    // What lies before the older lines would be in range: whoever finds it has read everything.
    const decoy = { ...wanted[0]!, number: 99 };
    await writeFile(path, linesOf([decoy, ...old, ...wanted]));
    expect(await readSamples(folder, NOON + 60_000)).toEqual(wanted);
    await writeFile(path, `${'x'.repeat(1_023)}\n`.repeat(4_096));
    await appendFile(path, linesOf(wanted));
    const found: string[] = [];
    for await (const line of linesFromEnd(path)) if (found.push(line) === 3) break;
    expect(found.map((line) => JSON.parse(line))).toEqual(wanted.toReversed());
  });

  it('puts lines together wherever the chunks cut them', async () => {
    const random = seededRandom(7);
    const path = join(await temporaryFolder(), 'lines');
    const lines = Array.from(
      { length: 400 },
      (_, index) => `${index}:${'ü€'.repeat(Math.floor(random() ** 4 * 20_000))}`,
    );
    await writeFile(path, `${lines.join('\n')}\n`);
    const found: string[] = [];
    for await (const line of linesFromEnd(path)) found.push(line);
    expect(found.reverse()).toEqual(lines);
  });
});

describe('numbers of canaries', () => {
  it('are never given twice, to whoever asks in whatever order', async () => {
    const folder = await temporaryFolder();
    const seen = new Set<number>();
    let count = 0;
    const take = (numbers: CanaryNumbers, many: number) => {
      for (let taken = 0; taken < many; taken++) {
        seen.add(numbers.next());
        count += 1;
      }
    };
    const one = new CanaryNumbers(folder, 'control', 0);
    const two = new CanaryNumbers(folder, 'control', 0);
    for (let round = 0; round < 5; round++) {
      take(one, 700);
      take(two, 300);
      take(new CanaryNumbers(folder, 'control', 0), 1);
    }
    expect(seen.size).toBe(count);
  });

  it('begin above what the journal tells of, also when the reservations are gone', async () => {
    const folder = await temporaryFolder();
    expect(new CanaryNumbers(folder, 'control', 5_432).next()).toBeGreaterThan(5_432);
  });
});
