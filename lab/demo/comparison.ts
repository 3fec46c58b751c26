import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { Verdict } from '../observer/verdict.ts';

const seconds = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'not measured' : `${value.toFixed(2)} s`;

/** Target, what Lifeboat measured and what the observer saw, side by side. */
export function comparison({ actual, objectives }: ExecutionSnapshot, seen: Verdict): string {
  const rpo = actual?.rpo;
  const rows = [
    ['', 'target', 'Lifeboat measured', 'the observer saw'],
    ['RTO', seconds(objectives?.rtoSeconds), seconds(actual?.rtoSeconds), seconds(seen.rtoSeconds)],
    [
      'data lost',
      `≤ ${seconds(objectives?.rpoSeconds)}`,
      rpo ? `${rpo.minSeconds.toFixed(2)}–${rpo.maxSeconds.toFixed(2)} s, ${rpo.lost} canaries` : 'not measured',
      `${seen.lost} of ${seen.acknowledged} acknowledged bookings`,
    ],
    ['two writers at once', 'never', '', `${seen.dualWriterInstants} instants`],
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)) + 3);
  return `\n${rows
    .map(
      (row) =>
        `   ${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('')
          .trimEnd()}`,
    )
    .join('\n')}\n`;
}
