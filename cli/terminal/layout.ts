import type { Style } from './style.ts';
import { padEnd, padStart, truncate, visibleWidth, wrap } from './text-width.ts';

/** Text and how to colour it: laid out first, coloured last, so that colour never counts as width. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export interface Column {
  readonly title?: string;
  readonly align?: 'left' | 'right';
  /** Takes the room the others leave and wraps within it. At most one column does. */
  readonly flexible?: boolean;
  /** Longest it may get before it is cut. */
  readonly most?: number;
}

/** A space at which no line is broken; printed as a plain one. */
const GLUE = '\u00a0';

/** Parts joined by dots; lines break between parts before they break within one. */
export const dotted = (parts: readonly string[]): string => parts.map((part) => part.replaceAll(' ', GLUE)).join(' · ');

/** Glue printed as a plain space. */
export const unglued = (line: string): string => line.replaceAll(GLUE, ' ');

const GAP = 2;
/** Column at which the text of labelled lines begins. */
export const LABEL_WIDTH = 13;

/** Rows in columns of visible width; the flexible one wraps under itself. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  style: Style,
  indent = 0,
): string[] {
  const titles = columns.map((column) => ({ text: column.title ?? '', paint: style.paint.quiet }));
  const all = columns.some((column) => column.title) ? [titles, ...rows] : rows;
  const natural = columns.map((column, at) =>
    Math.min(
      column.most ?? Number.POSITIVE_INFINITY,
      Math.max(0, ...all.map((row) => visibleWidth(row[at]?.text ?? ''))),
    ),
  );
  const fixed = natural.reduce((sum, width, at) => sum + (columns[at]?.flexible ? 0 : width), 0);
  const room = style.width - indent - fixed - GAP * (columns.length - 1);
  const widths = natural.map((width, at) => (columns[at]?.flexible ? Math.max(8, Math.min(width, room)) : width));
  return all.flatMap((row) => tableRow(columns, row, widths, indent));
}

function tableRow(
  columns: readonly Column[],
  row: readonly Cell[],
  widths: readonly number[],
  indent: number,
): string[] {
  const cells = columns.map((column, at) => {
    const text = row[at]?.text ?? '';
    return column.flexible ? wrap(text, widths[at] ?? 0) : [truncate(text, widths[at] ?? 0)];
  });
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) => {
    const parts = columns.map((column, at) => {
      const text = cells[at]?.[line] ?? '';
      const width = widths[at] ?? 0;
      const painted = text === '' ? text : (row[at]?.paint?.(text) ?? text);
      return column.align === 'right' ? padStart(painted, width) : padEnd(painted, width);
    });
    return (' '.repeat(indent) + parts.join(' '.repeat(GAP))).trimEnd();
  });
}

/** `label      text`, wrapped under the text. Several texts under one label become several lines. */
export function labelled(
  label: string,
  texts: readonly Cell[] | Cell | string,
  style: Style,
  labelWidth = LABEL_WIDTH,
): string[] {
  const cells = typeof texts === 'string' ? [{ text: texts }] : 'text' in texts ? [texts] : texts;
  const lines = cells.flatMap((cell) =>
    wrap(cell.text, Math.max(20, style.width - labelWidth)).map((line) => {
      const spaced = unglued(line);
      return cell.paint?.(spaced) ?? spaced;
    }),
  );
  return lines.map((line, at) => (padEnd(at === 0 ? label : '', labelWidth) + line).trimEnd());
}

/** A value that must not be broken, such as a digest: on a line of its own where it does not fit beside its label. */
export function unbroken(label: string, value: string, style: Style, labelWidth = LABEL_WIDTH): string[] {
  if (labelWidth + visibleWidth(value) <= style.width) return [padEnd(label, labelWidth) + value];
  return [label, `  ${value}`];
}

/** Left and right on one line where there is room, else under each other. */
export function headline(left: Cell, right: Cell, style: Style): string[] {
  const gap = style.width - visibleWidth(left.text) - visibleWidth(right.text);
  const paintedLeft = (text: string) => left.paint?.(text) ?? text;
  const paintedRight = (text: string) => right.paint?.(text) ?? text;
  if (right.text === '') return wrap(left.text, style.width).map(paintedLeft);
  if (gap >= 2) return [`${paintedLeft(left.text)}${' '.repeat(gap)}${paintedRight(right.text)}`];
  return [...wrap(left.text, style.width).map(paintedLeft), ...wrap(right.text, style.width).map(paintedRight)];
}

/** The banner above a screen, then the screen without blank lines at its end. */
export function screen(lines: readonly string[], style: Style): string {
  const banner = style.banner ? wrap(style.banner, style.width).map(style.paint.warn) : [];
  return [...banner, ...lines].join('\n').trimEnd();
}
