import { aboutExecution } from '../about-execution.ts';
import { renderStatus, viewFields } from '../screens/status.ts';
import type { Session } from '../session.ts';
import { verdictOf } from '../verdict.ts';

/** How an execution stands now. The exit code is the verdict: 0 done, 1 failed, 3 denied, 5 blocked, 6 running, 7 waits for people. */
export async function status(session: Session, executionId: string): Promise<number> {
  aboutExecution(session, executionId);
  const configuration = await session.configuration();
  const view = await (await session.client()).view(executionId);
  const now = session.now();
  const verdict = verdictOf(view.snapshot);
  session.report.result('execution', { exitCode: verdict, ...viewFields(view) }, (style) =>
    renderStatus(view, now, style, configuration),
  );
  return verdict;
}
