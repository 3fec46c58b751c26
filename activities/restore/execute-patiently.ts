import { type Call, callName } from '../../domain/action.ts';
import { shapeOf } from '../../domain/errors.ts';
import { providerName } from '../clients/call-failure.ts';
import type { Clients } from '../clients/clients.ts';

/** What became of one call of a clean-up. */
export type PatientResult = {
  /** Name of the call, as `callName` prints it. */
  readonly call: string;
  /** The provider took it, or what it is about is gone already. */
  readonly accepted: boolean;
};

/**
 * Makes every call whatever becomes of the others: one refusal must not leave the rest standing. What may pass by itself is told as
 * not accepted, however often, and the next look decides; only the step's time limits a clean-up.
 * @throws the first failure that will not pass, after every call was made.
 */
export async function executePatiently(
  clients: Clients,
  calls: readonly Call[],
  signal: AbortSignal,
): Promise<PatientResult[]> {
  const results: PatientResult[] = [];
  const fatal: unknown[] = [];
  for (const made of calls) {
    try {
      await clients.execute(made, signal);
      results.push({ call: callName(made), accepted: true });
    } catch (caught) {
      signal.throwIfAborted();
      const gone = providerName(caught)?.endsWith('NotFoundFault') ?? false;
      if (!gone && !shapeOf(caught).retryable) fatal.push(caught);
      results.push({ call: callName(made), accepted: gone });
    }
  }
  if (fatal.length > 0) throw fatal[0];
  return results;
}

/** Whether an earlier look's call was taken, so that a stale read is not answered with the same call again. */
export const wasAccepted = (results: readonly unknown[], made: Call): boolean =>
  (results as readonly PatientResult[]).some(({ call, accepted }) => accepted && call === callName(made));
