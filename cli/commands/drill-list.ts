import { debtsOf, exposureSeconds } from '../../client/schedule-debt.ts';
import { type DrillRow, nextOf, renderDrillList } from '../screens/drill-list.ts';
import { serviceNamed } from '../service-named.ts';
import type { Session } from '../session.ts';

export interface DrillListOptions {
  readonly service?: string;
}

/** As many as a trend is made of. */
const MOST = 8;

/** Every declared schedule: when, how it ended last, when next, and why one cannot rely on it. Answers without Temporal too. */
export async function drillList(session: Session, options: DrillListOptions): Promise<number> {
  const configuration = await session.configuration();
  if (options.service !== undefined) serviceNamed(configuration, options.service);
  const { schedules } = await session.client();
  const { schedules: all, temporalUnknown } = await schedules.list(MOST);
  const now = session.now();
  const rows: DrillRow[] = all
    .filter(({ service }) => options.service === undefined || service === options.service)
    .map((view) => ({ view, debts: debtsOf(view, now), exposureSeconds: exposureSeconds(view, now) }));
  if (session.report.json) {
    const next = nextOf(rows).map(({ words }) => ['lifeboat', ...words]);
    session.report.line('drills', { count: rows.length, temporalUnknown, next });
    for (const { view, ...judged } of rows) session.report.line('drill', { ...view, ...judged });
  } else {
    session.report.result('drills', {}, (style) => renderDrillList({ rows, temporalUnknown, now }, style));
  }
  return 0;
}
