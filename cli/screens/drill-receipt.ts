import type { ScheduleName } from '../../client/lifeboat-schedules.ts';
import { labelled, screen } from '../terminal/layout.ts';
import { offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';

/** A schedule was made to start now. */
export function renderDrillStarted({ service, id }: ScheduleName, executionId: string, style: Style): string {
  return screen(
    [
      ...labelled(
        'started',
        { text: `${executionId}, by schedule ${id} of ${service}`, paint: style.paint.good },
        style,
      ),
      ...offers(
        'next',
        [{ words: ['watch', executionId] }, { words: ['abort', executionId], says: 'stops it and cleans up' }],
        style,
      ),
    ],
    style,
  );
}

/** A schedule was paused or resumed. */
export function renderDrillSteered(
  steered: { readonly command: 'pause' | 'resume'; readonly name: ScheduleName; readonly madeAnew: boolean },
  style: Style,
): string {
  const { command, name, madeAnew } = steered;
  const says =
    command === 'pause'
      ? `${name.id} of ${name.service} will not run by itself until it is resumed; drill run still works`
      : `${name.id} of ${name.service} runs by itself again`;
  const anew = madeAnew
    ? labelled('note', 'Temporal lost the schedule as it was resumed; a worker has made it anew', style)
    : [];
  const back = { words: ['drill', 'resume', name.id, '--service', name.service], says: 'to let it run again' };
  const look = { words: ['drill', 'next', name.id, '--service', name.service], says: 'when' };
  return screen(
    [
      ...labelled(command === 'pause' ? 'paused' : 'resumed', { text: says, paint: style.paint.good }, style),
      ...anew,
      ...offers('next', [command === 'pause' ? back : look], style),
    ],
    style,
  );
}
