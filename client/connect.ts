import { Client, Connection } from '@temporalio/client';
import { LifeboatError } from '../domain/errors.ts';
import type { Configuration } from '../domain/service.ts';
import type { LifeboatClient } from './lifeboat-client.ts';
import { TemporalLifeboatClient } from './temporal-lifeboat-client.ts';

const CONNECT_MS = 3_000;

/** @throws LifeboatError DR_TEMPORAL_UNREACHABLE within 3 s. */
export async function connectLifeboat(configuration: Configuration): Promise<LifeboatClient> {
  const { address, namespace } = configuration.temporal;
  try {
    const connection = await Connection.connect({ address, connectTimeout: CONNECT_MS });
    return new TemporalLifeboatClient(configuration, new Client({ connection, namespace }));
  } catch {
    throw new LifeboatError('DR_TEMPORAL_UNREACHABLE', `Temporal does not answer at ${address}`, {
      field: 'temporal.address',
      expected: 'a Temporal server',
      actual: address,
    });
  }
}
