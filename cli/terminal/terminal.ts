import type { Readable, Writable } from 'node:stream';
import { paintFor } from './paint.ts';
import type { Style } from './style.ts';

/** A stream as far as the command line cares. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number };
export type Input = Readable & { readonly isTTY?: boolean };

/** Where a command reads and writes: data on `out`, messages on `err`, prompts only when both ends are people. */
export interface Terminal {
  readonly out: Output;
  readonly err: Output;
  readonly input: Input;
  /** Whether colours may be used at all: not with NO_COLOR, TERM=dumb or --no-color. */
  readonly colour: boolean;
  /** Whether the cursor may be moved: not on a dumb terminal, nor where nobody watches. */
  readonly animated: boolean;
  /** Whether questions may be asked: not with --no-input. */
  readonly mayAsk: boolean;
}

const WIDTH = { least: 40, most: 140, piped: 120 } as const;

/** Each stream is judged separately: a file gets no colours although the other is a screen. */
export function styleOf(terminal: Terminal, stream: Output, more: Pick<Style, 'banner' | 'repeatOptions'> = {}): Style {
  const tty = stream.isTTY === true;
  const width = tty ? Math.min(WIDTH.most, Math.max(WIDTH.least, stream.columns ?? 80)) : WIDTH.piped;
  return {
    ...more,
    width,
    ...(tty && stream.rows ? { height: stream.rows } : {}),
    paint: paintFor(tty && terminal.colour),
  };
}

export const canAsk = (terminal: Terminal): boolean =>
  terminal.mayAsk && terminal.input.isTTY === true && terminal.err.isTTY === true;
