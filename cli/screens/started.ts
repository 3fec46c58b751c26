import type { ExecutionRequest } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import type { Purpose } from '../../domain/mode.ts';
import type { Configuration, Service } from '../../domain/service.ts';
import { headline, labelled, screen } from '../terminal/layout.ts';
import { offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { quoted, routeOf, routeText } from './execution-words.ts';

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
  const route = routeText(
    routeOf({ service: question.service.name, parameters: question.parameters }, question.configuration),
  );
  const shown =
    question.planDigest ?? 'any: none was named, so the one compiled now counts (lifeboat plan shows it first)';
  return screen(
    [
      ...headline(
        { text: `LIVE  ${question.runbook} · ${route}`, paint: (text) => text.replace('LIVE', paint.live('LIVE')) },
        { text: `in ${question.configuration.environment}` },
        style,
      ),
      ...labelled('plan', shown, style),
      ...labelled('asked by', `${question.person}, ${question.purpose}: ${quoted(question.reason)}`, style),
      ...labelled('then', 'it checks and prepares; before anything irreversible another person must approve', style),
    ],
    style,
  );
}

/** A start nobody stays to watch. */
export function renderStarted(request: ExecutionRequest, style: Style, configuration: Configuration): string {
  const { executionId } = request;
  return screen(
    [
      ...labelled(
        'started',
        `${executionId} · ${request.runbook} · ${routeText(routeOf(request, configuration))}`,
        style,
      ),
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
