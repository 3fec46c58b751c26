import type pg from 'pg';
import { LifeboatError } from '../../domain/errors.ts';
import type { Rows, Statement } from './clients.ts';
import { failureRows } from './statement-failure.ts';

/** The server gives up first and says so; only a server that does not answer is given up by us, this much later. */
const SERVER_FIRST_MS = 500;

/** The extended protocol takes one statement only: none can end the transaction and go on outside it. */
export async function askOne(client: pg.Client, { sql, values = [] }: Statement, timeoutMs?: number): Promise<Rows> {
  const query: pg.QueryConfig & { readonly queryMode: 'extended'; readonly query_timeout?: number } = {
    text: sql,
    values: [...values],
    queryMode: 'extended',
    ...(timeoutMs !== undefined && { query_timeout: timeoutMs }),
  };
  const { rows } = await client.query<Record<string, unknown>>(query);
  return rows;
}

/**
 * Several statements in one read-only transaction that sees one instant: that of the first statement. They share one deadline.
 * @throws LifeboatError DR_CALL_FAILED, not to be repeated, when it is over; the client's own error when a statement fails that must not.
 */
export async function askTogether(
  client: pg.Client,
  statements: readonly Statement[],
  timeoutMs: number,
): Promise<readonly Rows[]> {
  const endsAt = performance.now() + timeoutMs;
  const answers: Rows[] = [];
  let savepoint = '';
  await client.query('begin transaction isolation level repeatable read read only');
  for (const statement of statements) {
    const leftMs = Math.floor(endsAt - performance.now());
    try {
      if (leftMs <= 0) throw outOfTime(answers.length, statements.length, timeoutMs);
      await client.query(
        `${savepoint}${statement.mayFail ? 'savepoint asked; ' : ''}set local statement_timeout = ${leftMs}`,
      );
      savepoint = statement.mayFail ? 'release savepoint asked; ' : '';
      answers.push(await askOne(client, statement, leftMs + SERVER_FIRST_MS));
    } catch (caught) {
      if (isTimeout(caught)) throw outOfTime(answers.length, statements.length, timeoutMs);
      const instead = statement.mayFail ? failureRows(caught) : null;
      if (!instead) throw caught;
      await client.query('rollback to savepoint asked');
      answers.push(instead);
    }
  }
  await client.query('commit');
  return answers;
}

function isTimeout(caught: unknown): boolean {
  const { code, message } = caught as { readonly code?: unknown; readonly message?: unknown };
  // Cancelled, which is what the server calls a statement that ran out of time; and the client's own name for it.
  return code === '57014' || message === 'Query read timeout';
}

/** Whoever asks blindly again waits as long again, and loads the database as much. */
function outOfTime(answered: number, asked: number, timeoutMs: number): LifeboatError {
  const seconds = timeoutMs / 1_000;
  return new LifeboatError(
    'DR_CALL_FAILED',
    `the deadline of ${seconds} s was over when ${answered} of ${asked} statements had been answered`,
    { expected: `${asked} answers in ${seconds} s`, actual: `${answered} answers`, retryable: false },
  );
}
