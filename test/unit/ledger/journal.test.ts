import { readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JournalRecord } from '../../../domain/evidence.ts';
import { Journal } from '../../../ledger/journal.ts';
import { temporaryFolder } from '../configuration/valid-configuration.ts';

const record = (stepId: string, attempt: number, kind: JournalRecord['kind'], body: number): JournalRecord => ({
  executionId: 'fo-1',
  stepId,
  attempt,
  kind,
  at: '2026-11-21T03:16:20.000Z',
  body,
});

describe('the journal', () => {
  it('gives back what was written, step by step, attempts in order of number', async () => {
    const journal = new Journal(await temporaryFolder());
    const fence = [record('fence', 2, 'intent', 1), record('fence', 2, 'intent', 2), record('fence', 10, 'result', 3)];
    const promote = [record('promote', 1, 'intent', 4), record('promote', 1, 'failure', 5)];
    for (const one of [fence[2]!, promote[0]!, fence[0]!, fence[1]!, promote[1]!]) await journal.append(one);
    await journal.claim('fo-1', 'fence', 10);
    expect(await journal.read('fo-1')).toEqual([...fence, ...promote]);
    expect(await journal.read('fo-2')).toEqual([]);
  });

  it('never overwrites: attempts that write at the same time all stay', async () => {
    const folder = await temporaryFolder();
    const [one, two] = [new Journal(folder), new Journal(folder)];
    await Promise.all([...Array(10).keys()].map((n) => (n % 2 ? one : two).append(record('fence', 1, 'intent', n))));
    const bodies = (await one.read('fo-1')).map(({ body }) => body).sort();
    expect(bodies).toEqual([...Array(10).keys()]);
    expect(await readdir(join(folder, 'journal', 'fo-1', 'fence'))).toContain('1-intent-10.json');
  });

  it('lets the highest attempt own the step, in every process', async () => {
    const folder = await temporaryFolder();
    const [one, two] = [new Journal(folder), new Journal(folder)];
    expect(await one.owns('fo-1', 'fence', 1)).toBe(true);
    await one.claim('fo-1', 'fence', 1);
    await one.claim('fo-1', 'fence', 1);
    await two.claim('fo-1', 'fence', 10);
    expect(await one.owns('fo-1', 'fence', 9)).toBe(false);
    expect(await two.owns('fo-1', 'fence', 10)).toBe(true);
    expect(await one.owns('fo-1', 'promote', 1)).toBe(true);
    await one.claim('fo-1', 'fence', 2);
    expect(await one.owns('fo-1', 'fence', 2)).toBe(false);
  });

  it.each(['../fence', '..', '', 'a/b'])('refuses a step named %j, which would be another folder', async (stepId) => {
    const journal = new Journal(await temporaryFolder());
    await expect(journal.append(record(stepId, 1, 'intent', 1))).rejects.toMatchObject({
      shape: { code: 'DR_INPUT_INVALID', field: 'stepId' },
    });
  });

  it('says what cannot be written, and does not begin again where it was mounted', async () => {
    const folder = await temporaryFolder();
    const journal = new Journal(folder);
    await writeFile(join(folder, 'journal'), 'a file where the folder should be');
    const append = journal.append(record('fence', 1, 'intent', 1));
    await expect(append).rejects.toMatchObject({ shape: { code: 'DR_LEDGER_UNWRITABLE' } });
    await rename(join(folder, 'journal'), join(folder, 'aside'));
    await journal.append(record('fence', 1, 'intent', 1));
    await rename(join(folder, 'journal'), join(folder, 'unmounted'));
    await expect(journal.claim('fo-2', 'fence', 1)).rejects.toMatchObject({ shape: { code: 'DR_LEDGER_UNWRITABLE' } });
  });
});
