import { scheduleNamed } from '../schedule-named.ts';
import { renderDrillStarted } from '../screens/drill-receipt.ts';
import type { Session } from '../session.ts';
import { followExecution } from '../watching/follow-execution.ts';

export interface DrillRunOptions {
  readonly service?: string;
  readonly watch?: boolean;
  readonly detach?: boolean;
}

/**
 * Has a schedule start now what it would start by itself. It asks for no confirmation: what may be scheduled may run
 * unattended.
 */
export async function drillRun(session: Session, id: string, options: DrillRunOptions): Promise<number> {
  const name = scheduleNamed(await session.configuration(), id, options.service);
  const client = await session.client();
  const started = await client.schedules.trigger(name);
  const { executionId } = started;
  session.subject.executionId = executionId;
  const watches = options.watch ?? (options.detach !== true && session.terminal.out.isTTY === true);
  if (session.report.json) session.report.line('started', { schedule: name, ...started });
  if (watches) return followExecution(session, client, executionId);
  if (!session.report.json) {
    session.report.result('started', {}, (style) => renderDrillStarted(name, executionId, style));
  }
  return 0;
}
