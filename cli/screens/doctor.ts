import type { Check } from '../doctor/check.ts';
import { type Cell, labelled, screen, table } from '../terminal/layout.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';

const SYMBOL = { ok: '✓', warning: '!', failed: '✗' } as const;

/** What was looked at; what fails comes first, each with its remedy. */
export function renderDoctor(checks: readonly Check[], style: Style): string {
  const { paint } = style;
  const colour = { ok: paint.good, warning: paint.warn, failed: paint.bad } as const;
  const order = ['failed', 'warning', 'ok'] as const;
  const sorted = order.flatMap((state) => checks.filter((check) => check.state === state));
  const rows = sorted.map((check): Cell[] => [
    { text: SYMBOL[check.state], paint: colour[check.state] },
    { text: check.id },
    {
      text: [check.says.split('\n').map(plain).join('\n'), ...(check.remedy ? [`→ ${plain(check.remedy)}`] : [])].join(
        '\n',
      ),
    },
  ]);
  const count = (state: Check['state']): number => checks.filter((check) => check.state === state).length;
  const verdict = `${count('failed')} failed · ${count('warning')} to know · ${count('ok')} well`;
  return screen(
    [...table([{}, {}, { flexible: true }], rows, style), '', ...labelled('verdict', verdict, style)],
    style,
  );
}
