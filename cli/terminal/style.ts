import type { Paint } from './paint.ts';

/** What a screen must know of where it is printed. Screens are pure functions of domain values and this. */
export interface Style {
  readonly width: number;
  /** Rows of the terminal, where one is drawn on in place. */
  readonly height?: number;
  readonly paint: Paint;
  /** The configuration's one line about the environment, printed on every screen. */
  readonly banner?: string;
  /** Options that every command offered must repeat, because this one was called with them: `['--config', 'x.yaml']`. */
  readonly repeatOptions?: readonly string[];
}
