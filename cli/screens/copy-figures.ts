import type { MeasuredCopy, Objectives } from '../../domain/objective.ts';
import { duration, instant, target } from '../terminal/duration.ts';
import { dotted, labelled } from '../terminal/layout.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';

/** How old the newest copy's data is beside how old it may be, and how old it can get while nothing fails. */
export function copyFigures(
  copy: MeasuredCopy,
  { exposureSeconds: limit }: Objectives,
  end: Date,
  style: Style,
): string[] {
  const { paint } = style;
  const within = limit === undefined || copy.exposureSeconds <= limit;
  const wanted = limit === undefined ? '; no limit is declared' : ` of ${target(limit)} ${within ? '✓' : '✗ MISSED'}`;
  const { worstExposureSeconds: worst } = copy;
  const worstFits = worst === null || limit === undefined || worst <= limit;
  const worstText =
    worst === null
      ? 'unknown: nothing says how often a copy is made'
      : `${duration(worst)}${limit === undefined ? '' : worstFits ? ' ✓' : ` ✗ MORE THAN ${target(limit)}: copy more often`}`;
  const text = dotted([`${duration(copy.exposureSeconds)}${wanted}`, `data of ${instant(copy.dataTime, end)}`]);
  return [
    ...labelled('exposure', { text, paint: within ? paint.good : paint.bad }, style),
    ...labelled('worst case', { text: worstText, ...(worstFits ? {} : { paint: paint.warn }) }, style),
    ...labelled('copy', dotted([plain(copy.newestCopy), `made in ${duration(copy.copySeconds)}`]), style),
  ];
}
