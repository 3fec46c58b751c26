import { connect, createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Zone } from '../../lab/dns/zone.ts';
import { Network } from '../../lab/network/network.ts';
import { claimBase } from '../../lab/parts/ports.ts';
import { RestoredClusterAddresses, type RestoredPlace } from '../../lab/supervisor/restored-cluster-addresses.ts';
import { addressIn, clusterId, type Endpoint, endpoints, RESTORED_PER_REGION, ZONE } from '../../lab/topology.ts';

const OWN = clusterId('eu-west-3');

let control: Server;
let base: number;
let network: Network;
let zone: Zone;
let told: readonly RestoredPlace[];
let servers: Server[];

beforeEach(async () => {
  ({ base, control } = await claimBase(null));
  network = new Network();
  const own = { name: `${OWN}.cluster.${ZONE}`, type: 'A', ttlSeconds: 2, values: ['127.0.3.20'] } as const;
  zone = new Zone({ name: ZONE, id: 'Z1', records: [own] });
  told = [];
  servers = [];
});
afterEach(async () => {
  await network.close();
  for (const server of [control, ...servers]) await new Promise((resolve) => server.close(resolve));
});

const addresses = (hasOwnDatabase: boolean): RestoredClusterAddresses =>
  new RestoredClusterAddresses({
    network,
    base,
    zone,
    ttlSeconds: () => 2,
    hasOwnDatabase: () => hasOwnDatabase,
    changed: (places) => {
      told = places;
    },
  });

const leadsTo = (cluster: string): readonly string[] =>
  zone.records.filter(({ name }) => name === `${cluster}.cluster.${ZONE}.`).flatMap(({ values }) => values);

async function serve(at: Endpoint): Promise<void> {
  const server = createServer((socket) => socket.on('error', () => {}).end('restored'));
  await new Promise<void>((resolve) => server.listen(at, resolve));
  servers.push(server);
}

/** What somebody outside is told there; empty when they are turned away. */
const readAt = (at: Endpoint): Promise<string> =>
  new Promise((resolve) => {
    let said = '';
    const socket = connect({ ...at, localAddress: addressIn('outside', 70) });
    socket.on('data', (chunk) => {
      said += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(said));
  });

test('gives a restored cluster a name and a link under the faults of its region, and takes both away', async () => {
  const restored = addresses(true);
  const { public: at, hidden } = await restored.open('pr-1-db', 'eu-west-1');
  expect(leadsTo('pr-1-db')).toEqual([at.host]);
  expect(told).toEqual([{ cluster: 'pr-1-db', region: 'eu-west-1', at }]);
  await serve(hidden);
  expect(await readAt(at)).toBe('restored');
  network.setRules([{ from: '*', to: 'eu-west-1', mode: 'refuse' }]);
  expect(await readAt(at)).toBe('');
  network.setRules([]);
  await restored.close('pr-1-db', 'eu-west-1');
  expect(leadsTo('pr-1-db')).toEqual([]);
  expect(told).toEqual([]);
  expect(await readAt(at)).toBe('');
});

test('moves the name with a rename, also that of the region’s own database', async () => {
  const restored = addresses(true);
  const { public: at } = await restored.open('pt-1-db', 'eu-west-3');
  await restored.rename(OWN, 'eu-west-3', `${OWN}-damaged`);
  await restored.rename('pt-1-db', 'eu-west-3', OWN);
  expect(leadsTo(`${OWN}-damaged`)).toEqual(['127.0.3.20']);
  expect(leadsTo(OWN)).toEqual([at.host]);
  expect(leadsTo('pt-1-db')).toEqual([]);
  expect(told).toEqual([{ cluster: OWN, region: 'eu-west-3', at }]);
});

test('gives the service’s own name its own address where no database stands, and leaves the record there', async () => {
  const restored = addresses(false);
  const { public: at } = await restored.open(OWN, 'eu-west-3');
  expect(at).toEqual(endpoints(base).regions['eu-west-3'].database);
  expect(leadsTo(OWN)).toEqual([at.host]);
  await restored.close(OWN, 'eu-west-3');
  expect(leadsTo(OWN)).toEqual([at.host]);
});

test('refuses more restored clusters than a region has addresses, and gives freed ones again', async () => {
  const restored = addresses(true);
  for (let number = 1; number <= RESTORED_PER_REGION; number += 1) await restored.open(`pr-${number}-db`, 'eu-west-1');
  await expect(restored.open('pr-9-db', 'eu-west-1')).rejects.toThrow('all 8 addresses');
  const { public: other } = await restored.open('sc-1-db', 'eu-west-3');
  expect(other.host).toBe(addressIn('eu-west-3', 21));
  await restored.close('pr-3-db', 'eu-west-1');
  expect((await restored.open('pr-9-db', 'eu-west-1')).public.host).toBe(addressIn('eu-west-1', 23));
});
