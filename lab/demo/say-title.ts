const WIDTH = 96;

/** Says which act of a demo begins. */
export function sayTitle(title: string): void {
  process.stdout.write(`\n━━ ${title} ${'━'.repeat(Math.max(3, WIDTH - title.length))}\n`);
}
