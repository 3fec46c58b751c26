import { createServer } from 'node:net';
import type { Endpoint } from '../../lab/topology.ts';

/** A port nobody listens on at that address, a moment ago. */
export function freePort(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0));
    });
  });
}

/** An address nobody listens on, a moment ago. */
export const freeEndpoint = async (host: string): Promise<Endpoint> => ({ host, port: await freePort(host) });
