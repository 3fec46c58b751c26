const WIDTH = 96;

/** The line between two acts of a demo, with the empty line before it. */
export const sectionTitle = (title: string): string => `\n━━ ${title} ${'━'.repeat(Math.max(3, WIDTH - title.length))}`;
