import { labelled, screen } from '../terminal/layout.ts';
import { offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';

/** Ctrl-C while watching: what goes on, and how to come back or to stop it. */
export function renderDetached(executionId: string, because: 'interrupted' | 'timed_out', style: Style): string {
  const text =
    because === 'interrupted'
      ? `you stopped watching; ${executionId} goes on without you`
      : `the time to watch is over; ${executionId} goes on`;
  return screen(
    [
      ...labelled('detached', text, style),
      ...offers(
        'next',
        [
          { words: ['watch', executionId], says: 'to come back' },
          { words: ['abort', executionId], says: 'to stop it and undo what can be undone' },
        ],
        style,
      ),
    ],
    style,
  );
}
