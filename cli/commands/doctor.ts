import { examine } from '../doctor/examine.ts';
import { renderDoctor } from '../screens/doctor.ts';
import type { Session } from '../session.ts';

/** Looks at everything an execution stands on. Exits 1 when something would stop one. */
export async function doctor(session: Session): Promise<number> {
  const checks = await examine(session);
  const healthy = checks.every((check) => check.state !== 'failed');
  if (session.report.json) {
    session.report.line('doctor', { healthy, checks: checks.length });
    for (const check of checks) session.report.line('check', check);
  } else session.report.result('doctor', {}, (style) => renderDoctor(checks, style));
  return healthy ? 0 : 1;
}
