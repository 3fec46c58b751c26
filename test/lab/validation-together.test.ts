import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { failureIn } from '../../activities/clients/statement-failure.ts';
import { REGION, type ValidationLab, validationLab } from './validation-lab.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

/** A wait ends as soon as its condition holds: only what hangs takes as long. */
const PATIENT = { timeout: 30_000 };

let lab: ValidationLab;
beforeAll(async () => {
  lab = await validationLab();
  await lab.source.sql('create table notes (id int primary key, says text)');
});
afterAll(() => lab?.close());

const at = { region: REGION, cluster: 'source' };
const together = (
  statements: Parameters<ReturnType<ValidationLab['client']>['sql']['readTogether']>[2],
  timeoutMs = 60_000,
) => {
  const { sql, rds } = lab.client();
  return sql.readTogether(at, rds, statements, timeoutMs);
};

describe('statements asked together', () => {
  it('see one instant, whatever is committed meanwhile', async () => {
    const count = { sql: 'select count(*)::int as rows from notes' };
    // Between the two counts stands a gate that is not opened before the row is committed.
    const gate = await lab.source.session();
    await gate.query('select pg_advisory_lock(1)');
    const asked = together([count, { sql: 'select pg_advisory_xact_lock(1)' }, count]);
    await vi.waitFor(async () => {
      const waiting = await lab.source.sql(`select pid from pg_locks where locktype = 'advisory' and not granted`);
      expect(waiting).toHaveLength(1);
    }, PATIENT);
    await lab.source.sql('insert into notes values (1, $1)', ['meanwhile']);
    await gate.close();
    const [before, , after] = await asked;
    expect([before, after]).toEqual([[{ rows: 0 }], [{ rows: 0 }]]);
    expect(await together([count])).toEqual([[{ rows: 1 }]]);
  });

  it('cannot write, nor end their transaction to write outside it', async () => {
    await expect(together([{ sql: 'delete from notes' }])).rejects.toMatchObject({ code: '25006' });
    await expect(together([{ sql: 'commit; delete from notes' }])).rejects.toMatchObject({ code: '42601' });
    expect(await lab.source.sql('select id from notes')).toHaveLength(1);
  });

  it('of which one may fail: it says why in place of its rows, and the others are answered', async () => {
    const [first, failed, again, last] = await together([
      { sql: 'select 1 as one' },
      { sql: 'select * from nowhere', mayFail: true },
      { sql: `select 'x'::int`, mayFail: true },
      { sql: 'select $1::int as two', values: [2], mayFail: true },
    ]);
    expect(failureIn(failed!)).toEqual({ code: '42P01', because: '42P01: relation "nowhere" does not exist' });
    expect(failureIn(again!)).toEqual({ code: '22P02', because: '22P02' });
    expect([first, last]).toEqual([[{ one: 1 }], [{ two: 2 }]]);
  });

  it('of which one must not fail, fail together', async () => {
    await expect(together([{ sql: 'select 1' }, { sql: 'select * from nowhere' }])).rejects.toMatchObject({
      code: '42P01',
    });
  });

  it('share one deadline, which the server keeps: what outlives it is cancelled there and not to be repeated', async () => {
    // Each alone would be in time; none was answered only when the machine paused meanwhile.
    const sleep = { sql: 'select pg_sleep(3)', mayFail: true };
    const message = /^the deadline of 5 s was over when [01] of 3 statements had been answered$/;
    await expect(together([sleep, sleep, sleep], 5_000)).rejects.toMatchObject({
      shape: { code: 'DR_CALL_FAILED', retryable: false, message: expect.stringMatching(message) },
    });
    await vi.waitFor(async () => {
      const left = await lab.source.sql(`select query from pg_stat_activity where application_name = 'lifeboat'`);
      expect(left).toEqual([]);
    }, PATIENT);
  });
});

describe('the endpoint', () => {
  it('of the service’s own cluster is asked for once, that of any other each time', async () => {
    const { sql, rds, described } = lab.client();
    await lab.openCopy();
    const before = described.length;
    const one = [{ sql: 'select 1' }];
    for (const cluster of ['source', 'copy-1', 'source', 'copy-1']) {
      await sql.readTogether({ region: REGION, cluster }, rds, one, 30_000);
    }
    await sql.read({ region: REGION }, rds, { sql: 'select 1' });
    expect(described.slice(before)).toEqual(['source', 'copy-1', 'copy-1']);
  });

  it('is that of the cluster a write names', async () => {
    const { sql, rds } = lab.client();
    const write = { sql: 'insert into notes values ($1, $2)', values: [7, 'only there'] };
    await sql.write({ region: REGION, cluster: 'copy-1' }, rds, write);
    const find = [{ sql: 'select id from notes where id = 7' }];
    expect(await sql.readTogether({ region: REGION, cluster: 'copy-1' }, rds, find, 30_000)).toEqual([[{ id: 7 }]]);
    expect(await together(find)).toEqual([[]]);
  });
});
