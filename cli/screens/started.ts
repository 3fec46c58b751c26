import type { ExecutionRequest } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import type { Purpose } from '../../domain/mode.ts';
import { planGates, planSteps } from '../../domain/plan.ts';
import type { Configuration, Service } from '../../domain/service.ts';
import { compilePlan } from '../../runbooks/language/compile-plan.ts';
import { runbookById } from '../../runbooks/registry.ts';
import { headline, labelled, screen } from '../terminal/layout.ts';
import { offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { quoted, subjectText } from './execution-words.ts';

export interface StartQuestion {
  readonly runbook: string;
  readonly service: Service;
  readonly parameters: Readonly<Record<string, Json>>;
  readonly configuration: Configuration;
  readonly person: string;
  readonly purpose: Purpose;
  readonly reason: string;
  readonly planDigest: string | null;
}

/** What is about to be started, before its name is typed. */
export function renderStartQuestion(question: StartQuestion, style: Style): string {
  const { paint } = style;
  const { runbook, parameters } = question;
  const subject = subjectText({ runbook, service: question.service.name, parameters }, question.configuration);
  const shown =
    question.planDigest ?? 'any: none was named, so the one compiled now counts (lifeboat plan shows it first)';
  return screen(
    [
      ...headline(
        { text: `LIVE  ${titled(runbook, subject)}`, paint: (text) => text.replace('LIVE', paint.live('LIVE')) },
        { text: `in ${question.configuration.environment}` },
        style,
      ),
      ...labelled('plan', shown, style),
      ...labelled('asked by', `${question.person}, ${question.purpose}: ${quoted(question.reason)}`, style),
      ...labelled('then', whatFollows(question), style),
    ],
    style,
  );
}

/** A runbook is named once, also where it is its own subject. */
const titled = (runbook: string, subject: string): string =>
  subject.startsWith(`${runbook} · `) ? subject : `${runbook} · ${subject}`;

/** Whether anybody else will be asked before something is changed. */
function whatFollows({ runbook, service, parameters }: StartQuestion): string {
  const plan = compilePlan({ runbook: runbookById(runbook), service, parameters });
  if (planGates(plan).length > 0) {
    return 'it checks and prepares; before anything irreversible another person must approve';
  }
  const changes = planSteps(plan).filter(({ effect, role }) => effect !== 'observe' && role !== 'notify');
  return changes.length === 0
    ? 'it only looks; nobody else is asked'
    : `nobody else is asked; it changes: ${changes.map(({ id }) => id).join(', ')}`;
}

/** A start nobody stays to watch. */
export function renderStarted(request: ExecutionRequest, style: Style, configuration: Configuration): string {
  const { executionId } = request;
  return screen(
    [
      ...labelled('started', `${executionId} · ${titled(request.runbook, subjectText(request, configuration))}`, style),
      ...offers(
        'next',
        [
          { words: ['watch', executionId] },
          { words: ['status', executionId], says: 'exit code is the verdict' },
          { words: ['abort', executionId] },
        ],
        style,
      ),
    ],
    style,
  );
}
