import type { LifeboatClient } from '../client/lifeboat-client.ts';
import { shapeOf } from '../domain/errors.ts';
import type { Session } from './session.ts';

/** Sends a signed command; when the execution refuses it, finds where that was recorded before the refusal goes on. */
export async function sendSigned<Receipt>(
  session: Session,
  client: LifeboatClient,
  executionId: string,
  command: string,
  send: () => Promise<Receipt>,
): Promise<Receipt> {
  try {
    return await send();
  } catch (caught) {
    const { code } = shapeOf(caught);
    const view = await client.view(executionId).catch(() => null);
    const recorded = view?.snapshot.refusals.findLast(
      (refusal) => refusal.command === command && refusal.error.code === code,
    );
    session.subject.ledgerEntry = recorded?.ledgerEntry ?? null;
    throw caught;
  }
}
