import type { Service } from '../domain/service.ts';

/** A service as one would declare it: what the generated pages are written for. Its keys open nothing. */
export const EXAMPLE_SERVICE: Service = {
  name: 'booking',
  regions: { protected: 'eu-west-1', recovery: 'eu-west-3' },
  objectives: { rtoSeconds: 900, rpoSeconds: 60, restoreSeconds: 1_800, exposureSeconds: 86_400 },
  people: [
    { id: 'oncall-1', roles: ['operator'], publicKey: 'MCowBQYDK2VwAyEAexample-oncall-1' },
    { id: 'approver-2', roles: ['operator', 'approver'], publicKey: 'MCowBQYDK2VwAyEAexample-approver-2' },
    { id: 'approver-3', roles: ['approver'], publicKey: 'MCowBQYDK2VwAyEAexample-approver-3' },
  ],
  dns: {
    name: 'booking.example.com',
    zone: 'example.com',
    ttlSeconds: 60,
    switch: { kind: 'object', region: 'eu-west-3', bucket: 'booking-switch', key: 'serve-from-eu-west-3' },
  },
  database: {
    globalCluster: 'booking-global',
    databaseName: 'booking',
    user: 'lifeboat',
    passwordFile: '/etc/lifeboat/database-password',
    regions: {
      'eu-west-1': {
        cluster: 'booking-ew1',
        arn: 'arn:aws:rds:eu-west-1:123456789012:cluster:booking-ew1',
        restore: {
          subnetGroup: 'booking-isolated',
          securityGroups: ['sg-0a1b2c3d4e5f60001'],
          parameterGroup: 'booking-aurora-postgresql18',
          kmsKey: 'arn:aws:kms:eu-west-1:123456789012:key/0c6d5f1e-0000-4000-8000-000000000001',
          instanceClass: 'db.r6g.large',
        },
      },
      'eu-west-3': {
        cluster: 'booking-ew3',
        arn: 'arn:aws:rds:eu-west-3:123456789012:cluster:booking-ew3',
        restore: {
          subnetGroup: 'booking-isolated',
          securityGroups: ['sg-0a1b2c3d4e5f60003'],
          parameterGroup: 'booking-aurora-postgresql18',
          kmsKey: 'arn:aws:kms:eu-west-3:123456789012:key/0c6d5f1e-0000-4000-8000-000000000003',
          instanceClass: 'db.r6g.large',
        },
      },
    },
    validation: {
      deadlineSeconds: 60,
      tables: [
        {
          table: 'bookings',
          keyColumn: 'id',
          timestampColumn: 'created_at',
          settledAfterSeconds: 5,
          bucketSeconds: 86_400,
        },
      ],
      invariants: [
        {
          id: 'no-double-canary',
          says: 'a vantage numbers each of its canaries once',
          sql: 'select vantage, number from bookings where canary group by vantage, number having count(*) > 1',
        },
      ],
    },
    probeTable: 'lifeboat_probe',
    canary: { table: 'bookings', vantageColumn: 'vantage', numberColumn: 'number' },
  },
  compute: {
    'eu-west-1': {
      server: 'https://kubernetes.eu-west-1.example.com',
      tokenFile: '/etc/lifeboat/token-eu-west-1',
      deployments: [{ name: 'booking', namespace: 'booking', replicas: 3 }],
    },
    'eu-west-3': {
      server: 'https://kubernetes.eu-west-3.example.com',
      tokenFile: '/etc/lifeboat/token-eu-west-3',
      deployments: [{ name: 'booking', namespace: 'booking', replicas: 3 }],
    },
  },
  frontDoor: {
    'eu-west-1': { address: '192.0.2.10', port: 80, readyPath: '/readyz' },
    'eu-west-3': { address: '198.51.100.10', port: 80, readyPath: '/readyz' },
  },
  watch: {
    intervalMs: 1_000,
    timeoutMs: 2_000,
    vantages: [{ id: 'control', place: 'eu-central-1' }],
    practitioner: 'synthetic-canary',
  },
  fence: { method: 'lease', leaseTtlMs: 3_000, pauseMarginMs: 1_000, driftMarginMs: 500 },
  schedules: [
    {
      id: 'pitr-restore',
      runbook: 'pitr-restore-drill',
      mode: 'drill',
      parameters: {},
      every: 'quarterly: first Tuesday 09:00 Europe/Paris',
      catchUpHours: 6,
    },
    {
      id: 'snapshot-copy',
      runbook: 'snapshot-copy',
      mode: 'live',
      parameters: {},
      every: 'daily: 04:30 Europe/Paris',
      catchUpHours: 6,
    },
    {
      id: 'posture',
      runbook: 'posture',
      mode: 'drill',
      parameters: {},
      every: 'daily: 07:00 Europe/Paris',
      catchUpHours: 6,
    },
  ],
  coldRecovery: { infrastructureFolder: '/etc/lifeboat/recovery-stack', variables: { region: 'eu-west-3' } },
  backups: { retentionDaysAtLeast: 7, copies: { keep: 3, validateEvery: 7 } },
  notify: [{ kind: 'webhook', url: 'https://hooks.example.com/booking' }],
};
