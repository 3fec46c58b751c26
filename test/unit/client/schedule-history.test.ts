import { beforeEach, describe, expect, it } from 'vitest';
import { scheduleHistory } from '../../../client/schedule-history.ts';
import type { ExecutionOutcome } from '../../../domain/execution.ts';
import type { Json } from '../../../domain/json.ts';
import { drillHistory, pastRestores } from '../../../worker/past-executions.ts';
import { emptyLedger } from '../ledger/a-ledger.ts';
import { draft } from '../ledger/draft.ts';

let made: Awaited<ReturnType<typeof emptyLedger>>;
beforeEach(async () => {
  made = await emptyLedger();
});

interface Told {
  readonly schedule?: string | null;
  readonly outcome?: ExecutionOutcome;
  readonly service?: string;
  readonly environment?: string;
  readonly facts?: Readonly<Record<string, Json>>;
  readonly open?: boolean;
}

let day = 0;

/** An execution of the next day in the ledger, as the engine writes it. */
async function execution(executionId: string, told: Told = {}): Promise<void> {
  day += 1;
  const at = (time: string) => `2026-10-${String((day % 30) + 1).padStart(2, '0')}T${time}.000Z`;
  const { service = 'booking', environment = 'lab', schedule = 'pitr-restore' } = told;
  await made.ledger.append(
    draft('opened', executionId, {
      service,
      at: at('07:00:00'),
      facts: { environment, schedule, planDigest: `sha256:${executionId}`, people: [] },
    }),
  );
  if (told.open) return;
  await made.ledger.append(
    draft('sealed', executionId, {
      service,
      at: at('07:20:01'),
      facts: { outcome: told.outcome ?? 'succeeded', endedAt: at('07:20:00'), error: null, ...told.facts },
    }),
  );
}

const read = (more: { most?: number; schedules?: string[] } = {}) =>
  scheduleHistory(made.reopen(), {
    environment: 'lab',
    service: 'booking',
    schedules: ['pitr-restore'],
    most: 8,
    ...more,
  });

describe('the history of schedules', () => {
  it('is read from the ledger, newest first, of this service and environment', async () => {
    await execution('pr-1', { facts: { restore: { restoreSeconds: 720 } } });
    await execution('pr-2', { environment: 'production' });
    await execution('pr-3', { service: 'search' });
    await execution('pr-4', { schedule: null });
    await execution('pr-5', { schedule: 'other' });
    await execution('pr-6', { outcome: 'failed', facts: { error: 'DR_VALIDATION_FAILED' } });
    const { executions, lastPassed } = await read();
    expect(executions.get('pitr-restore')).toMatchObject([
      { executionId: 'pr-6', outcome: 'failed', error: 'DR_VALIDATION_FAILED', elapsedSeconds: 1_200 },
      { executionId: 'pr-1', outcome: 'succeeded', restore: { restoreSeconds: 720 }, planDigest: 'sha256:pr-1' },
    ]);
    expect(lastPassed.get('pitr-restore')!.executionId).toBe('pr-1');
  });

  it('finds the last one that passed however many failed since', async () => {
    await execution('pr-0');
    for (let failed = 1; failed <= 5; failed += 1) await execution(`pr-${failed}`, { outcome: 'failed' });
    const { executions, lastPassed } = await read({ most: 2 });
    expect(executions.get('pitr-restore')!.map(({ executionId }) => executionId)).toEqual(['pr-5', 'pr-4']);
    expect(lastPassed.get('pitr-restore')!.executionId).toBe('pr-0');
  });

  it('counts from the request for the restore, and not at all for one that was found interrupted', async () => {
    await execution('pr-1', {
      outcome: 'aborted',
      facts: { marks: { restore_requested: `2026-10-${String(((day + 1) % 30) + 1).padStart(2, '0')}T07:05:00.000Z` } },
    });
    await execution('pr-2', { outcome: 'interrupted', facts: { endedAt: null } });
    await execution('pr-3', { open: true });
    const { executions } = await read();
    expect(executions.get('pitr-restore')).toMatchObject([
      { executionId: 'pr-3', endedAt: null, outcome: null, elapsedSeconds: null },
      { executionId: 'pr-2', outcome: 'interrupted', elapsedSeconds: null, endedAt: expect.any(String) },
      { executionId: 'pr-1', outcome: 'aborted', elapsedSeconds: 900 },
    ]);
  });

  it('knows the newest copy, also one that a person asked for', async () => {
    const copy = (dataTime: string) => ({ copy: { copySeconds: 60, dataTime } });
    await execution('sc-1', { schedule: 'snapshot-copy', facts: copy('2026-10-20T04:00:00.000Z') });
    await execution('sc-2', { schedule: null, facts: copy('2026-10-20T09:00:00.000Z') });
    await execution('sc-3', { schedule: 'snapshot-copy', facts: copy('2026-10-20T08:00:00.000Z') });
    const { newestCopy } = await read({ schedules: ['snapshot-copy'], most: 3 });
    expect(newestCopy).toEqual({ executionId: 'sc-2', dataTime: '2026-10-20T09:00:00.000Z' });
  });
});

describe('what the worker remembers', () => {
  it('is the newest twenty restores of this environment', async () => {
    for (let count = 1; count <= 22; count += 1) {
      await execution(`pr-${count}`, { facts: { restore: { restoreSeconds: count } } });
    }
    await execution('pr-23', { environment: 'production', facts: { restore: { restoreSeconds: 23 } } });
    await execution('pr-24', { facts: { restore: null } });
    const restores = await pastRestores(made.reopen(), 'lab', 'booking');
    expect(restores.map(({ restoreSeconds }) => restoreSeconds)).toEqual(
      Array.from({ length: 20 }, (_, index) => 22 - index),
    );
  });

  it('is how drills ended, without what people started or what has not ended', async () => {
    await execution('pr-1');
    await execution('pr-2', { schedule: null });
    await execution('pr-3', { outcome: 'failed', schedule: 'posture' });
    await execution('pr-4', { open: true });
    expect(await drillHistory(made.reopen(), 'lab', 'booking')).toMatchObject([
      { schedule: 'posture', outcome: 'failed' },
      { schedule: 'pitr-restore', outcome: 'succeeded' },
    ]);
  });
});
