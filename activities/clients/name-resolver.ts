import { Resolver } from 'node:dns/promises';
import type { Configuration } from '../../domain/service.ts';

const DEADLINE_MS = 1_000;

export interface ResolvedAddress {
  readonly address: string;
  readonly ttl: number;
  readonly resolver: string;
}

/** Asks every configured resolver afresh; a resolver that does not answer is left out. Never the system's own cache. */
export async function resolveName(
  name: string,
  network: Configuration['network'],
): Promise<readonly ResolvedAddress[]> {
  const answers = await Promise.all(
    (network.resolvers ?? [null]).map((server) => ask(name, server, network.localAddress)),
  );
  return answers.flat();
}

async function ask(name: string, server: string | null, localAddress: string | undefined): Promise<ResolvedAddress[]> {
  const resolver = new Resolver({ timeout: DEADLINE_MS, tries: 2 });
  if (server !== null) resolver.setServers([server]);
  if (localAddress !== undefined) resolver.setLocalAddress(localAddress);
  try {
    const records = await resolver.resolve4(name, { ttl: true });
    return records.map(({ address, ttl }) => ({ address, ttl, resolver: server ?? 'system' }));
  } catch {
    return [];
  }
}
