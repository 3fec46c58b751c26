import type { BoundReading } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import { plain } from '../terminal/text-width.ts';
import { jsonText } from './refusal.ts';

const SYMBOL = { within: '✓', unknown: '?', outside: '✗' } as const;

/** Each bound, how it reads now, and what an unknown or broken one means for whoever approves. */
export function boundLines(bounds: readonly BoundReading[], shown: 'gate' | 'plan' = 'gate'): readonly string[] {
  return bounds.map((bound) => {
    const said = `${SYMBOL[bound.verdict]} ${bound.id}: ${plain(bound.says)}`;
    if (bound.verdict === 'outside') return `${said} – OUTSIDE: now ${reading(bound.value)}`;
    if (bound.verdict === 'unknown') {
      return `${said} – UNKNOWN now: ${shown === 'plan' ? 'to be accepted by name' : `needs --accept ${bound.id}`}`;
    }
    return `${said} – now ${reading(bound.value)}`;
  });
}

function reading(value: Json): string {
  if (value === null) return 'unknown';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return jsonText(value);
}
