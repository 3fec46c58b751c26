import type { Service } from '../../domain/service.ts';
import type { Clients } from '../clients/clients.ts';
import { heard } from '../clients/heard.ts';

const PATIENCE_MS = 4_000;

/** Bytes in the service's own database now; `null` when the cluster is another one or does not say. Nice to know, never needed. */
export async function databaseSize(
  clients: Clients,
  service: Service,
  at: { readonly region: string; readonly cluster: string },
): Promise<number | null> {
  if (service.database.regions[at.region]?.cluster !== at.cluster) return null;
  const asked = clients.query(at.region, 'select pg_database_size(current_database())::float8 as bytes');
  const answer = await heard('database size', PATIENCE_MS, asked);
  const bytes = answer.answered ? Number(answer.value[0]?.['bytes']) : Number.NaN;
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : null;
}

/** Storage that RDS allocated, in bytes; `null` where it says nothing (Aurora may say 0). */
export const allocatedBytes = (snapshot: { readonly AllocatedStorage?: number | undefined }): number | null =>
  snapshot.AllocatedStorage ? snapshot.AllocatedStorage * 1024 ** 3 : null;
