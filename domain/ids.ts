/** Identifiers in one place: the server itself forbids two live failovers because their workflow ids are equal. */

const PREFIX: Readonly<Record<string, string>> = {
  'region-failover': 'fo',
  'pitr-restore-drill': 'pr',
  'snapshot-copy': 'sc',
  'point-in-time-recovery': 'pt',
  posture: 'po',
};

/**
 * An execution id that is also a legal RDS identifier (letters, digits, single hyphens, starts with a letter, ≤ 63).
 * @param random lower-case letters and digits from a cryptographic source, at least 4.
 */
export function executionIdOf(runbook: string, at: Date, random: string): string {
  const stamp = at.toISOString().replace(/[-:]/g, '');
  return `${PREFIX[runbook] ?? 'ex'}-${stamp.slice(0, 8)}-${stamp.slice(9, 13)}-${random}`;
}

export const EXECUTION_ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Id of a declared schedule in Temporal. Its executions' workflow ids begin with it. */
export const scheduleIdOf = (service: string, schedule: string): string => `schedule/${service}/${schedule}`;

/** The workflow id is the lock: `live/<service>` admits one traffic-moving execution. */
export function workflowIdOf(request: {
  readonly mode: 'dry_run' | 'drill' | 'live';
  readonly service: string;
  readonly executionId: string;
  readonly exclusive: 'service' | 'none';
}): string {
  if (request.mode === 'dry_run') return `dry-run/${request.executionId}`;
  if (request.mode === 'drill') return `drill/${request.service}/${request.executionId}`;
  return request.exclusive === 'service' ? `live/${request.service}` : `live/${request.service}/${request.executionId}`;
}

/** `000000000042`: ledger numbers sort as text. */
export const ledgerNumber = (sequence: number): string => String(sequence).padStart(12, '0');
