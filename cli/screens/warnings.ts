import type { Json } from '../../domain/json.ts';
import { labelled } from '../terminal/layout.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { textsField } from './json-field.ts';

/** What steps warn of, each with the step that says so: sentences in an output field named `warnings`. */
export const warningsOf = (steps: readonly { readonly id: string; readonly output: Json }[]): readonly string[] =>
  steps.flatMap(({ id, output }) => textsField(output, 'warnings').map((text) => `${id}: ${plain(text)}`));

/** One line each, that begins with an exclamation mark. */
export const warningLines = (warnings: readonly string[], style: Style): string[] =>
  warnings.flatMap((text) => labelled('! to know', text, style).map(style.paint.warn));
