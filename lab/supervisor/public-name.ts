import { Resolver } from 'node:dns/promises';
import { get } from 'node:http';
import { addressIn, type Endpoints, PROTECTED, PUBLIC_NAME } from '../topology.ts';

/** Where the lab itself looks from: outside, on an address of its own. */
const LOOK_FROM = addressIn('outside', 60);

/**
 * Whether the public name leads to the protected region and the region is ready. The authoritative servers are asked, not
 * the resolver, which would remember an answer from before the first health check.
 */
export async function isServing(endpoints: Endpoints): Promise<boolean> {
  const { frontDoor } = endpoints.regions[PROTECTED];
  for (const server of endpoints.authoritative) {
    const resolver = new Resolver({ timeout: 500, tries: 1 });
    resolver.setServers([`${server.host}:${server.port}`]);
    resolver.setLocalAddress(LOOK_FROM);
    const addresses = await resolver.resolve4(PUBLIC_NAME);
    if (addresses[0] !== frontDoor.host)
      throw new Error(`${PUBLIC_NAME} is ${addresses[0]}, not yet ${frontDoor.host}`);
  }
  return new Promise((resolve, reject) => {
    const from = { ...frontDoor, localAddress: LOOK_FROM };
    const request = get({ ...from, path: '/readyz', agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve(true);
      else reject(new Error(`the front door answers ${response.statusCode}`));
    });
    request.on('timeout', () => request.destroy(new Error('the front door does not answer within 1 s')));
    request.on('error', reject);
  });
}
