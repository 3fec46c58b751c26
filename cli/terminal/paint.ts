import picocolors from 'picocolors';

type Painter = (text: string) => string;

/** Colours by meaning. Each only repeats what a word or symbol says already. */
export interface Paint {
  readonly good: Painter;
  readonly bad: Painter;
  readonly warn: Painter;
  readonly quiet: Painter;
  readonly strong: Painter;
  readonly busy: Painter;
  /** Banner of what is real, what is a drill, what changes nothing. */
  readonly live: Painter;
  readonly rehearsal: Painter;
}

/** @param enabled whether the stream it is for shows colours. */
export function paintFor(enabled: boolean): Paint {
  const colours = picocolors.createColors(enabled);
  return {
    good: colours.green,
    bad: (text) => colours.bold(colours.red(text)),
    warn: colours.yellow,
    quiet: colours.dim,
    strong: colours.bold,
    busy: colours.cyan,
    live: (text) => colours.bold(colours.inverse(colours.red(text))),
    rehearsal: (text) => colours.bold(colours.inverse(colours.blue(text))),
  };
}
