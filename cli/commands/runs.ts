import { LifeboatError } from '../../domain/errors.ts';
import { renderRuns } from '../screens/runs.ts';
import { serviceNamed } from '../service-named.ts';
import type { Session } from '../session.ts';

export interface RunsOptions {
  readonly service?: string;
  readonly limit: string;
}

/** Executions, newest first. With --json one line each. */
export async function runs(session: Session, options: RunsOptions): Promise<number> {
  const configuration = await session.configuration();
  if (options.service !== undefined) serviceNamed(configuration, options.service);
  const client = await session.client();
  const limit = limitOf(options.limit);
  const found = await client.list(options.service === undefined ? { limit } : { service: options.service, limit });
  if (session.report.json) {
    session.report.line('runs', { count: found.length });
    for (const run of found) session.report.line('run', run);
  } else session.report.result('runs', {}, (style) => renderRuns(found, session.now(), style));
  return 0;
}

function limitOf(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new LifeboatError('DR_USAGE', `--limit '${text}' is not a number of lines`, {
    field: '--limit',
    expected: 'a number from 1 to 99999',
    actual: text,
  });
}
