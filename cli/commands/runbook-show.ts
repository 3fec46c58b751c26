import { compilePlan } from '../../runbooks/language/compile-plan.ts';
import { manualScript } from '../../runbooks/pages/manual-script.ts';
import { runbookById } from '../../runbooks/registry.ts';
import { subjectService } from '../example-subject.ts';
import { parametersOf } from '../execution-request.ts';
import { renderRunbook } from '../screens/runbook.ts';
import type { Session } from '../session.ts';

export interface RunbookShowOptions {
  readonly service?: string;
  readonly to?: string;
  readonly param?: readonly string[];
  readonly byHand?: boolean;
}

/** What a runbook would do for a service: when to use it and when not, its steps, gates and parameters. */
export async function runbookShow(session: Session, id: string, options: RunbookShowOptions): Promise<number> {
  const runbook = runbookById(id);
  const service = await subjectService(session, options.service);
  const parameters = { ...runbook.example(service), ...parametersOf(options) };
  const plan = compilePlan({ runbook, service, parameters });
  if (options.byHand === true) {
    const script = manualScript(plan);
    session.report.result('script', { runbook: id, service: service.name, script }, () => script.trimEnd());
    return 0;
  }
  const names = Object.keys(runbook.parameters.shape);
  session.report.result('runbook', { plan, parameters: names }, (style) => renderRunbook(plan, names, style));
  return 0;
}
