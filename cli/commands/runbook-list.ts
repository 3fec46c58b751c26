import { RUNBOOKS } from '../../runbooks/registry.ts';
import type { Session } from '../session.ts';
import { labelled, screen, table } from '../terminal/layout.ts';
import { offers } from '../terminal/next-command.ts';

/** Every runbook there is. Needs no configuration. */
export async function runbookList(session: Session): Promise<number> {
  const rows = RUNBOOKS.map(({ id, version, title, severity, owner, exclusive }) => ({
    id,
    version,
    title,
    severity,
    owner,
    exclusive,
  }));
  if (session.report.json) {
    session.report.line('runbooks', { count: rows.length });
    for (const row of rows) session.report.line('runbook', row);
    return 0;
  }
  session.report.result('runbooks', {}, (style) => {
    if (rows.length === 0) return screen(labelled('runbooks', 'none', style), style);
    const lines = table(
      [
        { title: 'runbook' },
        { title: 'version' },
        { title: 'severity' },
        { title: 'what it does', flexible: true },
        { title: 'owner' },
      ],
      rows.map((row) => [
        { text: row.id, paint: style.paint.strong },
        { text: `v${row.version}` },
        { text: row.severity },
        { text: row.title },
        { text: row.owner },
      ]),
      style,
    );
    return screen([...lines, '', ...offers('next', [{ words: ['runbook', 'show', rows[0]!.id] }], style)], style);
  });
  return 0;
}
