/** How wide text is on a terminal, so that columns stand under each other whatever they hold. */

const ZERO_WIDTH = /[\p{Mark}\u200b-\u200f\u2060]/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const ESCAPE = String.fromCharCode(27);
const COLOUR = new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g');

const widthOf = (character: string): number => (ZERO_WIDTH.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

/** Columns that `text` takes; colour codes take none. */
export function visibleWidth(text: string): number {
  let width = 0;
  for (const character of text.replace(COLOUR, '')) width += widthOf(character);
  return width;
}

export const padEnd = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(0, width - visibleWidth(text)));
export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - visibleWidth(text))) + text;

/** Text without colour, cut to `width` columns; an ellipsis says that it was. */
export function truncate(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    if (used + widthOf(character) > width - 1) break;
    kept += character;
    used += widthOf(character);
  }
  return width < 1 ? '' : `${kept.trimEnd()}…`;
}

/** Text without colour in lines of at most `width` columns, broken at spaces; longer words are broken where they must be. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (let word of paragraph.split(' ')) {
      if (line !== '' && visibleWidth(line) + 1 + visibleWidth(word) > width) {
        lines.push(line);
        line = '';
      }
      while (visibleWidth(word) > width) {
        const head = headOf(word, width);
        lines.push(head);
        word = word.slice(head.length);
      }
      line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

function headOf(word: string, width: number): string {
  let head = '';
  for (const character of word) {
    if (head !== '' && visibleWidth(head) + widthOf(character) > width) break;
    head += character;
  }
  return head;
}

/** Text from elsewhere, safe to print: no control characters, so nobody's reason can move the cursor or forge a line. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
}
