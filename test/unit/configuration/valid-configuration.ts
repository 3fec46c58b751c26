import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { stringify } from 'yaml';

export const newPublicKey = (): string =>
  generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64');

/** A configuration nothing is wrong with; tests change one field and expect to be told. */
export function validConfiguration() {
  const cluster = (region: string) => ({
    cluster: `booking-${region}`,
    arn: `arn:aws:rds:${region}:123456789012:cluster:booking-${region}`,
  });
  const compute = (server: string) => ({
    server,
    tokenFile: 'secrets/kubernetes.token',
    deployments: [{ name: 'booking', namespace: 'booking', replicas: 3 }],
  });
  return {
    environment: 'lab',
    temporal: { address: '127.0.9.60:7233', namespace: 'default', taskQueue: 'lifeboat' },
    control: {
      evidence: 'evidence',
      lease: 'lease',
      watch: 'watch',
      ledgerKey: 'keys/ledger.key.pem',
      ledgerPublicKey: '/etc/lifeboat/ledger.public.pem',
    },
    network: { localAddress: '127.0.9.5', resolvers: ['127.0.9.53:5353'] },
    aws: { endpoints: { 'eu-west-3': { rds: 'http://127.0.3.30:4566' } }, planProfile: 'lifeboat-plan' },
    services: {
      booking: {
        regions: { protected: 'eu-west-1', recovery: 'eu-west-3' },
        objectives: { rtoSeconds: 900, rpoSeconds: 60 },
        people: [
          { id: 'oncall-1', roles: ['operator'], publicKey: newPublicKey() },
          { id: 'approver-2', roles: ['operator', 'approver'], publicKey: newPublicKey() },
        ],
        dns: {
          name: 'booking.lab.test',
          zone: 'lab.test',
          ttlSeconds: 2,
          switch: { kind: 'object', region: 'eu-west-3', bucket: 'booking-switch', key: 'serve-from-eu-west-3' },
        },
        database: {
          globalCluster: 'booking-global',
          databaseName: 'postgres',
          user: 'postgres',
          passwordFile: 'secrets/database.password',
          regions: { 'eu-west-1': cluster('eu-west-1'), 'eu-west-3': cluster('eu-west-3') },
          probeTable: 'lifeboat_probe',
          canary: { table: 'bookings', vantageColumn: 'vantage', numberColumn: 'number' },
        },
        compute: { 'eu-west-1': compute('http://127.0.1.32:6443'), 'eu-west-3': compute('http://127.0.3.32:6443') },
        frontDoor: {
          'eu-west-1': { address: '127.0.1.10', port: 8080, readyPath: '/readyz' },
          'eu-west-3': { address: '127.0.3.10', port: 8080, readyPath: '/readyz' },
        },
        watch: {
          intervalMs: 100,
          timeoutMs: 1_000,
          vantages: [{ id: 'control', place: 'eu-central-1' }],
          practitioner: 'canary',
        },
        fence: { method: 'lease', leaseTtlMs: 1_500, pauseMarginMs: 500, driftMarginMs: 100 },
        notify: [{ kind: 'webhook', url: 'http://127.0.9.40:9000/page' }],
      },
    },
  };
}

/** A folder of the test's own that is gone when the test is. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lifeboat-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes text, or a value as YAML, and gives the path. */
export async function writeConfiguration(content: unknown): Promise<string> {
  const path = join(await temporaryFolder(), 'lifeboat.yaml');
  await writeFile(path, typeof content === 'string' ? content : stringify(content));
  return path;
}
