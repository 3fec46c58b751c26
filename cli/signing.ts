import type { ExecutionSnapshot } from '../domain/execution.ts';
import type { Configuration } from '../domain/service.ts';
import type { Identity } from '../identity/load-identity.ts';
import { ownerOf } from './signer.ts';

/** How long a signature counts after it was given. */
const VALID_MS = 15 * 60_000;

export const expiryOf = (now: Date): string => new Date(now.getTime() + VALID_MS).toISOString();

/**
 * Who a signed command says it is from: as claimed, else the key's owner in the plan that counts or in the configuration.
 * A key of nobody's is sent all the same, so that the execution refuses it and the attempt is on record.
 */
export function signingPerson(
  identity: Identity,
  configuration: Configuration,
  snapshot: ExecutionSnapshot,
  claimed: string | undefined,
): string {
  if (claimed !== undefined) return claimed;
  const pinned = snapshot.plan?.people.find(({ publicKey }) => publicKey === identity.publicKey);
  return pinned?.id ?? ownerOf(identity, configuration, snapshot.request.service)?.id ?? 'unknown';
}
