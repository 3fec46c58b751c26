import type { Output } from '../terminal/terminal.ts';

/** A part of the screen that is drawn again in place. */
export interface Frame {
  draw(text: string): void;
  /** Takes it away, for what comes next. */
  clear(): void;
  /** Leaves it as it stands. */
  keep(): void;
}

/** Loads what moves the cursor, which only a terminal needs. */
export async function openFrame(out: Output): Promise<Frame> {
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(out as NodeJS.WriteStream, { showCursor: true });
  return { draw: (text) => update(text), clear: () => update.clear(), keep: () => update.done() };
}
