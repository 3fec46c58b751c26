import type { Service } from '../domain/service.ts';

/** A service as one would declare it: what the generated pages are written for. Its keys open nothing. */
export const EXAMPLE_SERVICE: Service = {
  name: 'booking',
  regions: { protected: 'eu-west-1', recovery: 'eu-west-3' },
  objectives: { rtoSeconds: 900, rpoSeconds: 60 },
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
      'eu-west-1': { cluster: 'booking-ew1', arn: 'arn:aws:rds:eu-west-1:123456789012:cluster:booking-ew1' },
      'eu-west-3': { cluster: 'booking-ew3', arn: 'arn:aws:rds:eu-west-3:123456789012:cluster:booking-ew3' },
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
  notify: [{ kind: 'webhook', url: 'https://hooks.example.com/booking' }],
};
