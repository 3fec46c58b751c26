import type { DBCluster } from '@aws-sdk/client-rds';
import { TAG } from '../../../runbooks/actions/restore/naming.ts';

export const region = 'eu-west-1';
export const executionId = 'pr-20261121-0312-k3';
export const name = `${executionId}-db`;
export const requestedAt = '2026-11-21T03:02:00.000Z';
export const placement = {
  subnetGroup: 'booking-isolated',
  securityGroups: ['sg-b', 'sg-a'],
  parameterGroup: 'booking-aurora-postgresql18',
  kmsKey: 'arn:aws:kms:eu-west-1:123456789012:key/k1',
  instanceClass: 'db.r6g.large',
};
export const tags = (more: Readonly<Record<string, string>> = {}) =>
  Object.entries({ [TAG.execution]: executionId, [TAG.requestedAt]: requestedAt, ...more }).map(([Key, Value]) => ({
    Key,
    Value,
  }));
export const window = {
  EarliestRestorableTime: new Date('2026-11-14T03:00:00.000Z'),
  LatestRestorableTime: new Date('2026-11-21T03:10:00.000Z'),
};
export const ours = (more: Partial<DBCluster> = {}): DBCluster => ({
  DBClusterIdentifier: name,
  DBClusterArn: `arn:aws:rds:eu-west-1:123456789012:cluster:${name}`,
  Status: 'available',
  TagList: tags(),
  ...window,
  ...more,
});
