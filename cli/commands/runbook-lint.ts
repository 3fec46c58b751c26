import { ERRORS } from '../../domain/errors.ts';
import { findingText } from '../../runbooks/language/finding.ts';
import { lintRunbook } from '../../runbooks/language/lint-runbook.ts';
import { RUNBOOKS, runbookById } from '../../runbooks/registry.ts';
import { subjectService } from '../example-subject.ts';
import type { Session } from '../session.ts';
import { labelled, screen } from '../terminal/layout.ts';

export interface RunbookLintOptions {
  readonly service?: string;
}

/** Looks for broken safety rules in one runbook or in all. Exits 2 when there are any. */
export async function runbookLint(
  session: Session,
  id: string | undefined,
  options: RunbookLintOptions,
): Promise<number> {
  const chosen = id === undefined ? RUNBOOKS : [runbookById(id)];
  const service = await subjectService(session, options.service);
  const results = chosen.map((runbook) => ({ runbook: runbook.id, findings: lintRunbook(runbook, service) }));
  const broken = results.filter(({ findings }) => findings.length > 0);
  if (session.report.json) {
    session.report.line('lint', { service: service.name, runbooks: results.length, broken: broken.length });
    for (const result of results) session.report.line('linted', result);
  } else {
    session.report.result('lint', {}, (style) =>
      screen(
        results.flatMap(({ runbook, findings }) =>
          findings.length === 0
            ? labelled('✓ safe', `${runbook}: breaks no rule, built for ${service.name}`, style)
            : labelled(
                '✗ unsafe',
                [
                  { text: runbook },
                  ...findings.map((finding) => ({ text: findingText(finding), paint: style.paint.bad })),
                ],
                style,
              ),
        ),
        style,
      ),
    );
  }
  return broken.length > 0 ? ERRORS.DR_RUNBOOK_LINT.exitCode : 0;
}
