import type { ErrorShape } from '../../domain/errors.ts';
import { type RefusalExtras, renderRefusal } from '../screens/refusal.ts';
import type { Offer } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { styleOf, type Terminal } from '../terminal/terminal.ts';

/** Version of the machine-readable form. It grows when a field changes its meaning or goes; new fields do not count. */
const NDJSON_VERSION = 1;

/** What a command has to say, once for people and once for programs. */
export class Report {
  readonly json: boolean;
  readonly #terminal: Terminal;
  #frame: Pick<Style, 'banner' | 'repeatOptions'>;

  constructor(terminal: Terminal, json: boolean, frame: Pick<Style, 'repeatOptions'>) {
    this.json = json;
    this.#terminal = terminal;
    this.#frame = frame;
  }

  /** From the configuration, once that is known: printed on every screen from then on. */
  setBanner(banner: string | undefined): void {
    if (banner !== undefined) this.#frame = { ...this.#frame, banner };
  }

  /** Style of screens on standard output, and of messages on standard error. */
  get style(): Style {
    return styleOf(this.#terminal, this.#terminal.out, this.#frame);
  }

  get messageStyle(): Style {
    return styleOf(this.#terminal, this.#terminal.err, this.#frame);
  }

  /** A result: one screen for people, or one line of JSON. */
  result(type: string, data: object, render: (style: Style) => string): void {
    if (this.json) this.line(type, data);
    else this.#terminal.out.write(`${render(this.style)}\n`);
  }

  /** One line of JSON, on its own meaningful: it names version and type. */
  line(type: string, data: object): void {
    this.#terminal.out.write(`${JSON.stringify({ lifeboat: NDJSON_VERSION, type, ...data })}\n`);
  }

  /** One line of text for people who read along; programs get theirs by `line`. */
  text(line: string): void {
    if (!this.json) this.#terminal.out.write(`${line}\n`);
  }

  /** Something about the command itself, never data: standard error, and nothing with `--json`. */
  message(render: (style: Style) => string): void {
    if (!this.json) this.#terminal.err.write(`${render(this.messageStyle)}\n`);
  }

  /** How a command failed. With `--json` on standard output, where the reader reads. */
  failure(error: ErrorShape, next: readonly Offer[], extras: Omit<RefusalExtras, 'next'> = {}): void {
    if (this.json)
      this.line('error', {
        error,
        ledgerEntry: extras.ledgerEntry ?? null,
        next: next.map(({ words }) => ['lifeboat', ...words]),
      });
    else this.#terminal.err.write(`${renderRefusal(error, this.messageStyle, { ...extras, next })}\n`);
  }
}
