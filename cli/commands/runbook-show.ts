import type { Json } from '../../domain/json.ts';
import type { Service } from '../../domain/service.ts';
import { compilePlan } from '../../runbooks/language/compile-plan.ts';
import type { Runbook } from '../../runbooks/language/runbook.ts';
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
  const parameters = completed(runbook, service, parametersOf(options));
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

/** Whoever says nothing sees the example; of it whoever says something gets only what is missing, since choices exclude one another. */
function completed(runbook: Runbook, service: Service, given: Readonly<Record<string, Json>>) {
  const example = runbook.example(service) as Readonly<Record<string, Json>>;
  if (Object.keys(given).length === 0) return example;
  const issues = runbook.parameters.safeParse(given).error?.issues ?? [];
  const missing = issues.map(({ path }) => String(path[0])).filter((name) => !(name in given) && name in example);
  return { ...Object.fromEntries(missing.map((name) => [name, example[name] as Json])), ...given };
}
