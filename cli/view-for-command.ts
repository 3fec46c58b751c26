import type { ExecutionView, LifeboatClient } from '../client/lifeboat-client.ts';
import { shapeOf } from '../domain/errors.ts';
import type { Session } from './session.ts';
import { labelled } from './terminal/layout.ts';

/** How long a command waits for a worker before it can be shown what it is about. */
const PATIENCE_MS = 60_000;
/** A question asked while no worker was there may lie where none looks any more: after this long another one is asked. */
const ASK_AGAIN_MS = 1_500;

/**
 * The execution a command is about. Nothing can be signed unseen and only a worker can show it, so on a night when every
 * worker is away the command waits for one, and says so, instead of sending its sender to try again.
 * @throws LifeboatError DR_WORKER_ABSENT when none came, and whatever else the client says, at once
 */
export function viewForCommand(
  session: Session,
  client: Pick<LifeboatClient, 'view'>,
  executionId: string,
): Promise<ExecutionView> {
  const until = performance.now() + PATIENCE_MS;
  return new Promise((resolve, reject) => {
    let told = false;
    let over = false;
    const end = (settle: () => void): void => {
      over = true;
      clearInterval(asking);
      settle();
    };
    const ask = async (): Promise<void> => {
      try {
        const view = await client.view(executionId);
        end(() => resolve(view));
      } catch (caught) {
        if (over) return;
        if (shapeOf(caught).code !== 'DR_WORKER_ABSENT' || performance.now() > until) end(() => reject(caught));
        else if (!told) {
          told = true;
          tellThatItWaits(session);
        }
      }
    };
    const asking = setInterval(ask, ASK_AGAIN_MS);
    void ask();
  });
}

function tellThatItWaits(session: Session): void {
  const says = `no worker answers; this goes on by itself once one does, up to ${PATIENCE_MS / 1_000} s`;
  session.report.message((style) => labelled('waiting', says, style).join('\n'));
}
