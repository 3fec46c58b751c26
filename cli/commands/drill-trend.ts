import { scheduleNamed } from '../schedule-named.ts';
import { renderDrillTrend } from '../screens/drill-trend.ts';
import type { Session } from '../session.ts';

export interface DrillTrendOptions {
  readonly service?: string;
}

const MOST = 20;

/** How long each execution took against its target, and where that leads. Needs the ledger only. */
export async function drillTrend(
  session: Session,
  id: string | undefined,
  options: DrillTrendOptions,
): Promise<number> {
  const configuration = await session.configuration();
  const named = id === undefined ? null : scheduleNamed(configuration, id, options.service);
  const { schedules } = await session.client();
  const { schedules: all } = await schedules.list(MOST);
  const views = all.filter(
    ({ service, schedule, trend }) =>
      (named === null ? trend !== null : schedule.id === named.id) &&
      service === (named?.service ?? options.service ?? service),
  );
  if (session.report.json) {
    session.report.line('drill_trends', { count: views.length });
    for (const { service, schedule, targetSeconds, trend, executions } of views) {
      session.report.line('drill_trend', { service, schedule, targetSeconds, trend, executions });
    }
  } else session.report.result('drill_trends', {}, (style) => renderDrillTrend(views, session.now(), style));
  return 0;
}
