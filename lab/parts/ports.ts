import { createSocket } from 'node:dgram';
import { createServer, type Server } from 'node:net';
import { LifeboatError } from '../../domain/errors.ts';
import { addressIn, behind, type Endpoint, endpoints, HOST, PORT, REGIONS, restoredEndpoints } from '../topology.ts';

const FIRST_BASE = 20_000;
const LAST_BASE = 30_900;
/** A lab owns this many ports from its base, on every address. */
const PORTS_PER_LAB = 100;

/** How many booking processes a region can have: ports `base + PORT.pods …`. */
export const PODS_PER_REGION = 30;

/**
 * Takes a base port and keeps it by holding the control port open: whoever gets that one owns the rest.
 * Without `wanted`, the first free one is taken. A wanted one that is taken is refused with `DR_LAB_PORT_TAKEN`.
 */
export async function claimBase(wanted: number | null): Promise<{ readonly base: number; readonly control: Server }> {
  if (wanted !== null) {
    if (!Number.isInteger(wanted) || wanted < 1_024 || wanted > 65_535 - PORTS_PER_LAB) {
      throw new LifeboatError(
        'DR_LAB_PORT_TAKEN',
        `--base-port is ${wanted}; expected an integer from 1024 to 65435.`,
        {
          field: '--base-port',
          expected: '1024 … 65435',
          actual: String(wanted),
          remedy: 'Leave --base-port out: the lab finds free ports itself.',
        },
      );
    }
    const claim = await tryBase(wanted);
    if ('control' in claim) return claim;
    throw new LifeboatError(
      'DR_LAB_PORT_TAKEN',
      `--base-port ${wanted}: ${claim.taken} is in use by another process.`,
      {
        field: '--base-port',
        expected: `${wanted} … ${wanted + PORTS_PER_LAB - 1} free on the lab’s loopback addresses`,
        actual: `${claim.taken} in use`,
      },
    );
  }
  let last = '';
  for (let base = FIRST_BASE; base <= LAST_BASE; base += PORTS_PER_LAB) {
    const claim = await tryBase(base);
    if ('control' in claim) return claim;
    last = claim.taken;
  }
  throw new LifeboatError(
    'DR_LAB_PORT_TAKEN',
    `No base port from ${FIRST_BASE} to ${LAST_BASE} is free: the last one tried failed on ${last}.`,
    { field: '--base-port', expected: 'a free base port', actual: last },
  );
}

async function tryBase(
  base: number,
): Promise<{ readonly base: number; readonly control: Server } | { readonly taken: string }> {
  const all = endpoints(base);
  const control = await bindTcp(all.control);
  if (!control) return { taken: describe(all.control) };
  for (const endpoint of everyTcp(base)) {
    const server = await bindTcp(endpoint);
    if (!server) return release(control, describe(endpoint));
    await closeServer(server);
  }
  for (const endpoint of [all.resolver, ...all.authoritative]) {
    if (!(await udpIsFree(endpoint))) return release(control, `${describe(endpoint)}/udp`);
  }
  return { base, control };
}

async function release(control: Server, taken: string): Promise<{ readonly taken: string }> {
  await closeServer(control);
  return { taken };
}

/** Every address the lab listens on: public ones, those behind their links, operator's, and the first pods’. */
function everyTcp(base: number): readonly Endpoint[] {
  const all = endpoints(base);
  const linked = [
    ...REGIONS.flatMap((region) => [...Object.values(all.regions[region]), ...restoredEndpoints(base, region)]),
    all.route53,
  ];
  const pods = REGIONS.flatMap((region) =>
    Array.from({ length: PODS_PER_REGION }, (_, index) => ({
      host: addressIn(region, HOST.pods),
      port: base + PORT.pods + index,
    })),
  );
  return [
    ...linked,
    ...linked.map(behind),
    ...REGIONS.flatMap((region) => Object.values(all.operator[region])),
    all.operator['us-east-1'].route53,
    all.resolver,
    ...all.authoritative,
    all.webhook,
    all.temporal,
    ...pods,
  ];
}

const describe = (endpoint: Endpoint): string => `${endpoint.host}:${endpoint.port}`;

function bindTcp(at: Endpoint): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      isTaken(error) ? resolve(null) : reject(cannotBind(at, error)),
    );
    server.listen({ ...at, exclusive: true }, () => resolve(server));
  });
}

function udpIsFree(at: Endpoint): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (error: NodeJS.ErrnoException) =>
      isTaken(error) ? resolve(false) : reject(cannotBind(at, error)),
    );
    socket.bind(at.port, at.host, () => socket.close(() => resolve(true)));
  });
}

const isTaken = (error: NodeJS.ErrnoException): boolean => error.code === 'EADDRINUSE' || error.code === 'EACCES';

/** Linux answers on all of 127.0.0.0/8; elsewhere each address has to be added to the loopback interface first. */
const cannotBind = (at: Endpoint, error: Error): LifeboatError =>
  new LifeboatError('DR_LAB_ADDRESS_MISSING', `The lab cannot listen on ${describe(at)}: ${error.message}.`, {
    field: 'loopback address',
    expected: `${at.host} on the loopback interface`,
    actual: error.message,
  });

const closeServer = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
