import { Resolver } from 'node:dns/promises';
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test, vi } from 'vitest';
import { AuthoritativeServer } from '../../lab/dns/authoritative-server.ts';
import { CachingResolver } from '../../lab/dns/caching-resolver.ts';
import { type Endpoint, PUBLIC_NAME, SWITCH_BUCKET, SWITCH_KEY } from '../../lab/topology.ts';
import { freeEndpoint } from './free-port.ts';
import {
  CHECK,
  change,
  checks,
  cleanups,
  durations,
  failover,
  LIFEBOAT,
  s3,
  useRoute53Lab,
  zone,
} from './route53-lab.ts';

const WAIT = { timeout: 15_000, interval: 25 };
useRoute53Lab();

test('the switch object moves the public name to the recovery address everywhere, and its deletion moves it back', async () => {
  checks.start();
  cleanups.push(() => checks.stop());
  await checks.settled();
  const servers: Endpoint[] = [];
  for (const host of ['127.0.9.54', '127.0.9.55']) {
    const where = await freeEndpoint(host);
    const server = new AuthoritativeServer({ zone, checks, lagMs: () => durations.zoneLag });
    await server.listen(where);
    cleanups.push(() => server.close());
    servers.push(where);
  }
  const resolverAt = await freeEndpoint('127.0.9.53');
  const resolver = new CachingResolver({ authoritative: servers, localAddress: '127.0.9.53' });
  await resolver.listen(resolverAt);
  cleanups.push(() => resolver.close());

  await change(['CREATE', failover('PRIMARY', '127.0.1.10')], ['CREATE', failover('SECONDARY', '127.0.3.10')]);
  const answers = () =>
    Promise.all(
      [...servers, resolverAt].map(async ({ host, port }) => {
        const dns = new Resolver({ timeout: 4_000, tries: 1 });
        dns.setServers([`${host}:${port}`]);
        dns.setLocalAddress(LIFEBOAT);
        return (await dns.resolve4(PUBLIC_NAME).catch((error: NodeJS.ErrnoException) => [error.code]))[0];
      }),
    );
  const everyone = (address: string) =>
    vi.waitFor(async () => expect(await answers()).toEqual([address, address, address]), WAIT);

  await everyone('127.0.1.10');
  const Bucket = SWITCH_BUCKET;
  await s3.send(new PutObjectCommand({ Bucket, Key: SWITCH_KEY, Body: 'fo-1', IfNoneMatch: '*' }));
  await everyone('127.0.3.10');
  await vi.waitFor(() => expect(checks.healthy(CHECK)).toBe(false), WAIT);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: SWITCH_KEY }));
  await everyone('127.0.1.10');
});
