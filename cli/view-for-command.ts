import type { ExecutionView, LifeboatClient } from '../client/lifeboat-client.ts';
import { shapeOf } from '../domain/errors.ts';
import type { Session } from './session.ts';
import { labelled } from './terminal/layout.ts';

/** How long a command waits for a worker before it can be shown what it is about. */
const PATIENCE_MS = 60_000;
/** Before it asks again, when the answer came at once; never in step with other people's commands. */
const PAUSE_MS = { least: 100, most: 400 } as const;

/**
 * The execution a command is about. Nothing can be signed unseen and only a worker can show it, so on a night when every
 * worker is away the command waits for one, and says so, instead of sending its sender to try again.
 */
export async function viewForCommand(
  session: Session,
  client: Pick<LifeboatClient, 'view'>,
  executionId: string,
): Promise<ExecutionView> {
  const until = performance.now() + PATIENCE_MS;
  for (let told = false; ; told = true) {
    try {
      return await client.view(executionId);
    } catch (caught) {
      if (shapeOf(caught).code !== 'DR_WORKER_ABSENT' || performance.now() > until) throw caught;
      if (!told) {
        const says = `no worker answers; this goes on by itself once one does, up to ${PATIENCE_MS / 1_000} s`;
        session.report.message((style) => labelled('waiting', says, style).join('\n'));
      }
    }
    await new Promise((resolve) =>
      setTimeout(resolve, PAUSE_MS.least + Math.random() * (PAUSE_MS.most - PAUSE_MS.least)),
    );
  }
}
