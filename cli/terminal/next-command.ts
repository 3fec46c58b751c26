import { LABEL_WIDTH } from './layout.ts';
import type { Style } from './style.ts';
import { padEnd, visibleWidth } from './text-width.ts';

/** A command a person can run next: its words after `lifeboat`, and when to run it. */
export interface Offer {
  readonly words: readonly string[];
  readonly says?: string;
}

/** A word as a shell must read it. */
export const shellWord = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `"${word.replace(/["\\$`!]/g, '\\$&')}"`;

const wordsOf = (offer: readonly string[], style: Style): readonly string[] =>
  ['lifeboat', ...offer, ...(style.repeatOptions ?? [])].map(shellWord);

/** A command to paste: `lifeboat …` with the options this one was called with. */
const commandLine = (words: readonly string[], style: Style): string => wordsOf(words, style).join(' ');

/**
 * Commands under a label, each complete enough to paste: what is too long continues with a backslash, broken between
 * options and never inside one.
 */
export function offers(label: string, list: readonly Offer[], style: Style): string[] {
  const room = style.width - LABEL_WIDTH;
  const blank = ' '.repeat(LABEL_WIDTH);
  return list.flatMap(({ words, says }, at) => {
    const head = at === 0 ? padEnd(label, LABEL_WIDTH) : blank;
    const command = commandLine(words, style);
    const note = says === undefined ? '' : `# ${says}`;
    if (visibleWidth(command) + (note === '' ? 0 : 3 + visibleWidth(note)) <= room) {
      return [`${head}${command}${note === '' ? '' : `   ${style.paint.quiet(note)}`}`];
    }
    const lines = visibleWidth(command) <= room ? [command] : continued(wordsOf(words, style), style.width);
    const all = note === '' ? lines : [style.paint.quiet(note), ...lines];
    return all.map((line, row) => (row === 0 ? head + line : line.startsWith('  ') ? line : blank + line));
  });
}

/** Somebody else's command to paste, under the text column and broken like ours. */
export function foreignCommand(line: string, style: Style): string[] {
  const blank = ' '.repeat(LABEL_WIDTH);
  if (LABEL_WIDTH + visibleWidth(line) <= style.width) return [blank + line];
  return continued(line.split(' '), style.width).map((row, at) => (at === 0 ? blank + row : row));
}

/** Breaks between words, an option and its value being one; continued lines start at the second column so that a digest still fits. */
function continued(words: readonly string[], width: number): string[] {
  const groups: string[] = [];
  let option = false;
  for (const word of words) {
    if (option && !word.startsWith('--')) groups[groups.length - 1] += ` ${word}`;
    else groups.push(word);
    option = word.startsWith('--');
  }
  const lines: string[] = [];
  let line = groups[0] ?? '';
  for (const group of groups.slice(1)) {
    const start = lines.length === 0 ? LABEL_WIDTH : 0;
    if (start + visibleWidth(line) + 1 + visibleWidth(group) + 2 > width) {
      lines.push(`${line} \\`);
      line = `  ${group}`;
    } else line = `${line} ${group}`;
  }
  return [...lines, line];
}
