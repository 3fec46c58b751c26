import { DescribeEventsCommand } from '@aws-sdk/client-rds';
import type { Clients } from '../clients/clients.ts';
import { heard } from '../clients/heard.ts';

const PATIENCE_MS = 3_000;
/** AWS keeps events for a fortnight; a copy fails within hours. */
const LOOK_BACK_MINUTES = 24 * 60;

/** The newest thing RDS wrote about a snapshot; `null` when it wrote nothing or does not answer. */
export async function snapshotEvent(clients: Clients, region: string, snapshot: string): Promise<string | null> {
  const asked = clients.rds(region).send(
    new DescribeEventsCommand({
      SourceType: 'db-cluster-snapshot',
      SourceIdentifier: snapshot,
      Duration: LOOK_BACK_MINUTES,
    }),
  );
  const answer = await heard('RDS events', PATIENCE_MS, asked);
  return answer.answered ? (answer.value.Events?.at(-1)?.Message ?? null) : null;
}
