import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Endpoint } from '../../lab/topology.ts';

/** Below what labs take, and below what the system gives to connections: nobody else chooses among these. */
const FIRST = 10_000;
const LAST = 19_999;
/** Files that run side by side begin elsewhere. */
let newest = FIRST + ((process.pid * 97) % (LAST - FIRST));

/** A port nobody listens on at that address, a moment ago; never one that this process was given before. */
export async function freePort(host: string): Promise<number> {
  for (let tried = FIRST; tried <= LAST; tried += 1) {
    newest = newest < LAST ? newest + 1 : FIRST;
    const at = { host, port: newest };
    if ((await tcpIsFree(at)) && (await udpIsFree(at))) return at.port;
  }
  throw new Error(`no port from ${FIRST} to ${LAST} is free on ${host}`);
}

/** An address nobody listens on, a moment ago. */
export const freeEndpoint = async (host: string): Promise<Endpoint> => ({ host, port: await freePort(host) });

function tcpIsFree(at: Endpoint): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => (isTaken(error) ? resolve(false) : reject(error)));
    server.listen(at, () => server.close(() => resolve(true)));
  });
}

/** Name servers need their port by UDP too. */
function udpIsFree(at: Endpoint): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', (error) => {
      socket.close();
      if (isTaken(error)) resolve(false);
      else reject(error);
    });
    socket.bind(at.port, at.host, () => socket.close(() => resolve(true)));
  });
}

const isTaken = (error: NodeJS.ErrnoException): boolean => error.code === 'EADDRINUSE' || error.code === 'EACCES';
