import type { SeenCopy } from '../../../activities/snapshot/copies.ts';
import { copyOf, TAG } from '../../../runbooks/actions/restore/naming.ts';
import { OBSERVED_AT } from './a-decision.ts';

export const executionId = 'sc-20261121-0430-k3';
export const firstId = copyOf(executionId, 1);
export const kmsKey = 'arn:aws:kms:eu-west-3:123456789012:key/k3';
export const requestedAt = '2026-11-21T03:11:00.000Z';
export const source = {
  snapshot: 'rds:booking-ew1-2026-11-21',
  snapshotArn: 'arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:rds:booking-ew1-2026-11-21',
  dataTime: '2026-11-21T02:00:00.000Z',
  encrypted: true,
  sizeBytes: 42_000_000,
  snapshotSeconds: null,
};
export const tags = (more: Readonly<Record<string, string>> = {}) =>
  Object.entries({
    [TAG.execution]: executionId,
    [TAG.service]: 'booking',
    [TAG.kind]: 'copy',
    [TAG.requestedAt]: requestedAt,
    [TAG.dataTime]: source.dataTime,
    [TAG.sizeBytes]: '42000000',
    ...more,
  }).map(([Key, Value]) => ({ Key, Value }));

/** A copy of ours whose data is so many hours older than the newest can be. */
export const seen = (hours: number, more: Partial<SeenCopy> = {}): SeenCopy => ({
  id: `sc-${hours}-copy-1`,
  arn: `arn:sc-${hours}-copy-1`,
  status: 'available',
  execution: `sc-${hours}`,
  dataTime: new Date(Date.parse(OBSERVED_AT) - hours * 3_600_000).toISOString(),
  validatedAt: null,
  inDoubt: false,
  held: false,
  encrypted: true,
  sizeBytes: null,
  ordinal: null,
  ...more,
});
