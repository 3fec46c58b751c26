import type { ExecutionView, LifeboatClient } from '../../client/lifeboat-client.ts';
import { LifeboatError } from '../../domain/errors.ts';
import { renderBoard } from '../screens/board.ts';
import { renderChange } from '../screens/change.ts';
import { renderDetached } from '../screens/detached.ts';
import { afterEnd, renderStatus, viewFields } from '../screens/status.ts';
import type { Session } from '../session.ts';
import type { Style } from '../terminal/style.ts';
import { verdictOf } from '../verdict.ts';
import { changesBetween } from './changes.ts';
import { hasEnded, type PollEvent, pollExecution } from './execution-poll.ts';
import { type Frame, openFrame } from './frame.ts';

/** Exit code of Ctrl-C: 128 and the number of SIGINT. */
const INTERRUPTED = 130;
const TIMED_OUT = 6;
const REDRAW_MS = 250;

export interface FollowOptions {
  /** Seconds after which watching ends while the execution goes on. */
  readonly timeoutSeconds?: number;
}

/** Shows an execution until it ends. Ctrl-C only ends the watching. Returns the verdict as exit code. */
export async function followExecution(
  session: Session,
  client: LifeboatClient,
  executionId: string,
  options: FollowOptions = {},
): Promise<number> {
  const stop = new AbortController();
  let because: 'interrupted' | 'timed_out' | null = null;
  const end = (why: 'interrupted' | 'timed_out') => (): void => {
    because ??= why;
    stop.abort();
  };
  const interrupt = end('interrupted');
  const stopListening = session.onInterrupt(interrupt);
  const timer =
    options.timeoutSeconds === undefined ? undefined : setTimeout(end('timed_out'), options.timeoutSeconds * 1_000);
  const follower = await makeFollower(session);
  try {
    for await (const event of pollExecution(client, executionId, stop.signal, session.now)) follower.take(event);
  } finally {
    clearTimeout(timer);
    stopListening();
    follower.close();
  }
  return because === null ? concluded(session, follower.last) : detached(session, executionId, because);
}

async function concluded(session: Session, view: ExecutionView | null): Promise<number> {
  if (view === null || !hasEnded(view))
    throw new LifeboatError('DR_INTERNAL', 'watching ended before the execution did');
  const configuration = await session.configuration();
  const verdict = verdictOf(view.snapshot);
  const next = afterEnd(view.snapshot, configuration).map(({ words }) => ['lifeboat', ...words]);
  session.report.result('ended', { exitCode: verdict, next, ...viewFields(view) }, (style) =>
    renderStatus(view, session.now(), style, configuration),
  );
  return verdict;
}

function detached(session: Session, executionId: string, because: 'interrupted' | 'timed_out'): number {
  const exitCode = because === 'interrupted' ? INTERRUPTED : TIMED_OUT;
  if (session.report.json) session.report.line('detached', { executionId, because, exitCode });
  session.report.message((style) => renderDetached(executionId, because, style));
  return exitCode;
}

interface Follower {
  readonly last: ExecutionView | null;
  take(event: PollEvent): void;
  close(): void;
}

/** A board on a terminal that can move its cursor; lines of text or JSON everywhere else. */
async function makeFollower(session: Session): Promise<Follower> {
  const animated = session.terminal.out.isTTY === true && !session.report.json && session.terminal.animated;
  const configuration = await session.configuration();
  if (!animated) return new LineFollower(session);
  return new BoardFollower(session, await openFrame(session.terminal.out), (view, reading, style) =>
    renderBoard(view, session.now(), style, { configuration, ...reading, redrawn: true }),
  );
}

interface Reading {
  readonly readAt: Date;
  readonly unreachable: string | null;
}

type RenderReading = (view: ExecutionView, reading: Reading, style: Style) => string;

class BoardFollower implements Follower {
  last: ExecutionView | null = null;
  readonly #session: Session;
  readonly #frame: Frame;
  readonly #render: RenderReading;
  readonly #timer: NodeJS.Timeout;
  #reading: Reading | null = null;

  constructor(session: Session, frame: Frame, render: RenderReading) {
    this.#session = session;
    this.#frame = frame;
    this.#render = render;
    // The clock goes on while an answer is awaited: nothing freezes silently.
    this.#timer = setInterval(() => this.#draw(), REDRAW_MS);
  }

  take(event: PollEvent): void {
    if (event.kind === 'view') {
      this.last = event.view;
      this.#reading = { readAt: event.at, unreachable: null };
    } else if (this.#reading) this.#reading = { ...this.#reading, unreachable: event.error.message };
    this.#draw();
  }

  #draw(): void {
    if (this.last && this.#reading)
      this.#frame.draw(this.#render(this.last, this.#reading, this.#session.report.style));
  }

  close(): void {
    clearInterval(this.#timer);
    if (this.last && hasEnded(this.last)) this.#frame.clear();
    else this.#frame.keep();
  }
}

class LineFollower implements Follower {
  last: ExecutionView | null = null;
  readonly #session: Session;
  #lost = false;

  constructor(session: Session) {
    this.#session = session;
  }

  take(event: PollEvent): void {
    const { report } = this.#session;
    const now = this.#session.now();
    if (event.kind === 'unreachable') {
      if (!this.#lost) {
        if (report.json) report.line('unreachable', { at: event.at.toISOString(), error: event.error });
        report.message((style) => style.paint.warn(`${event.error.message}: trying again; the execution goes on`));
      }
      this.#lost = true;
      return;
    }
    this.#lost = false;
    const before = this.last;
    const progress = { before: before?.progress ?? [], after: event.view.progress };
    if (before === null && report.json) report.line('execution', viewFields(event.view));
    for (const change of changesBetween(before?.snapshot ?? null, event.view.snapshot, progress, now)) {
      if (report.json) report.line('change', change);
      else report.text(renderChange(change, now, report.style));
    }
    this.last = event.view;
  }

  close(): void {}
}
