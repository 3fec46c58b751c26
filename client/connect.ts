import { Client, Connection } from '@temporalio/client';
import { LifeboatError } from '../domain/errors.ts';
import type { Configuration } from '../domain/service.ts';
import type { LifeboatClient } from './lifeboat-client.ts';
import { TemporalLifeboatClient } from './temporal-lifeboat-client.ts';

const CONNECT_MS = 3_000;

/**
 * A client that connects when it is first needed: what the ledger can answer, it answers without Temporal. Calls that
 * need Temporal throw LifeboatError DR_TEMPORAL_UNREACHABLE within 3 s when it does not answer, and try afresh next time.
 */
export async function connectLifeboat(configuration: Configuration): Promise<LifeboatClient> {
  let connecting: Promise<Client> | null = null;
  return new TemporalLifeboatClient(configuration, {
    get: () => {
      connecting ??= connect(configuration).catch((caught: unknown) => {
        connecting = null;
        throw caught;
      });
      return connecting;
    },
    close: async () => {
      const client = await connecting?.catch(() => null);
      await client?.connection.close();
    },
  });
}

async function connect({ temporal: { address, namespace } }: Configuration): Promise<Client> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: CONNECT_MS });
    return new Client({ connection, namespace });
  } catch {
    throw new LifeboatError('DR_TEMPORAL_UNREACHABLE', `Temporal does not answer at ${address}`, {
      field: 'temporal.address',
      expected: 'a Temporal server',
      actual: address,
    });
  }
}
