import { readdirSync, readlinkSync } from 'node:fs';
import net from 'node:net';
import pg from 'pg';
import { commandLineOf } from '../../lab/parts/process-tree.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { addressIn, CONTROL, type Endpoint } from '../../lab/topology.ts';

/** Real servers start, stop and follow. A wait ends as soon as its condition holds: only what hangs takes as long. */
export const PATIENT_MS = 40_000;

export const eventually = (say: string, condition: () => Promise<boolean>): Promise<void> =>
  waitUntil(say, condition, { timeoutMs: PATIENT_MS, everyMs: 50 });

const sockets: net.Socket[] = [];

/** Whatever they still wait for. */
export function closeSessions(): void {
  for (const socket of sockets.splice(0)) socket.destroy();
}

export async function query(to: Endpoint, sql: string, values: unknown[] = [], deadlineMs = PATIENT_MS) {
  const client = await connect(to, deadlineMs);
  const { rows } = await client.query(sql, values);
  await client.end();
  return rows as Record<string, unknown>[];
}

interface Acknowledged {
  readonly id: string;
  readonly sentAtMs: number;
}

interface SteadyWriter {
  /** Waits for so many more rows; all that were acknowledged by then. */
  acknowledges(more: number): Promise<readonly Acknowledged[]>;
  /** Ends it, also in the middle of a write that nobody answers. */
  stop(): Promise<readonly Acknowledged[]>;
}

let writers = 0;

/** Writes one row after another, from the control place, until it is stopped or the writer is gone. */
export function writeSteadily(to: Endpoint): SteadyWriter {
  writers += 1;
  const name = `writer-${writers}`;
  const acknowledged: Acknowledged[] = [];
  const stopping = new AbortController();
  const ended = (async () => {
    try {
      const client = await connect(to, PATIENT_MS, stopping.signal);
      for (let number = 0; !stopping.signal.aborted; number += 1) {
        const row = { id: `${name}-${number}`, sentAtMs: performance.now() };
        await client.query('insert into bookings (id) values ($1)', [row.id]);
        acknowledged.push(row);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } catch {
      // The database went away: what was acknowledged until then counts.
    }
  })();
  return {
    acknowledges: async (more) => {
      const wanted = acknowledged.length + more;
      await eventually(`${more} more rows are acknowledged`, async () => acknowledged.length >= wanted);
      return [...acknowledged];
    },
    stop: async () => {
      stopping.abort();
      await ended;
      return acknowledged;
    },
  };
}

/** @param signal drops the session at once, whatever it waits for. */
async function connect(to: Endpoint, deadlineMs: number, signal?: AbortSignal): Promise<pg.Client> {
  const socket = new net.Socket();
  const connectSocket = socket.connect.bind(socket) as (options: net.TcpSocketConnectOpts) => net.Socket;
  // As every client in the lab does: from an address of its place.
  socket.connect = ((port: number, host: string) =>
    connectSocket({ port, host, localAddress: addressIn(CONTROL, 5) })) as typeof socket.connect;
  const client = new pg.Client({
    ...to,
    user: 'postgres',
    database: 'postgres',
    connectionTimeoutMillis: deadlineMs,
    query_timeout: deadlineMs,
    stream: () => socket,
  });
  client.on('error', () => {});
  signal?.addEventListener('abort', () => socket.destroy(), { once: true });
  sockets.push(socket);
  await client.connect();
  return client;
}

/** Command lines of processes that stand in a folder, as PostgreSQL does in its data directory. */
export function processesIn(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      } catch {
        return false;
      }
    })
    .map((pid) => commandLineOf(Number(pid)).slice(0, 80));
}
