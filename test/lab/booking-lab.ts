import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BOOKING_SCHEMA_SQL } from '../../lab/booking/schema.ts';
import type { BookingSettings } from '../../lab/booking/settings.ts';
import { GlobalDatabase } from '../../lab/database/global-database.ts';
import { AuthoritativeServer } from '../../lab/dns/authoritative-server.ts';
import { CachingResolver } from '../../lab/dns/caching-resolver.ts';
import { HealthChecks } from '../../lab/dns/health-checks.ts';
import { Zone } from '../../lab/dns/zone.ts';
import { Network } from '../../lab/network/network.ts';
import { claimBase } from '../../lab/parts/ports.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import {
  addressIn,
  CONTROL,
  type Endpoint,
  endpoints,
  HOST,
  LAB_DURATIONS,
  PORT,
  PROTECTED,
  PUBLIC_NAME,
  RECOVERY,
  REGIONS,
  type Region,
  writerName,
  ZONE,
} from '../../lab/topology.ts';
import { FolderLeaseStore } from '../../lease/participant.ts';

export const OLD = PROTECTED;
export const NEW = RECOVERY;
/** A pod that a busy machine kept waiting must still hold its lease: what it gives the database is half of the rest. */
export const LEASE_TTL_MS = 5_000;
/** Ends what hangs; nothing here promises to be quick. */
const WAIT_MS = 30_000;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, unknown>;
}

/** One request over a connection of its own. It may take as long as a frozen pod stays frozen. */
export async function http(at: Endpoint, method: string, target: string, body?: object): Promise<Answer> {
  const sent = request({ ...at, method, path: target, agent: false, timeout: 2 * WAIT_MS });
  sent.on('timeout', () => sent.destroy(new Error(`${method} ${target}: no answer`)));
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text || '{}') };
}

/** Resolves when the condition holds; a condition that throws does not hold yet. */
export const until = (what: string, condition: () => Promise<boolean>): Promise<void> =>
  waitUntil(what, condition, { timeoutMs: WAIT_MS });

/** The first answer other than “not now”, which a pod says that is ready and does not hold the lease yet. */
export async function answered(...asked: Parameters<typeof http>): Promise<Answer> {
  let answer: Answer | undefined;
  await until(`${asked[1]} ${asked[2]} is answered`, async () => {
    answer = await http(...asked);
    if (answer.status === 503) throw new Error(String(answer.body['error']));
    return true;
  });
  return answer!;
}

/** Real databases of both regions, real DNS, a lease folder: what booking pods and front doors need around them. */
export class BookingLab {
  readonly base: number;
  readonly dir: string;
  readonly database: GlobalDatabase;
  readonly zone: Zone;
  readonly lease: FolderLeaseStore;
  readonly at: ReturnType<typeof endpoints>;
  readonly #closing: (() => Promise<unknown>)[];
  readonly #children = new Set<ChildProcess>();

  private constructor(
    parts: Pick<BookingLab, 'base' | 'dir' | 'database' | 'zone' | 'lease' | 'at'>,
    closing: (() => Promise<unknown>)[],
  ) {
    this.base = parts.base;
    this.dir = parts.dir;
    this.database = parts.database;
    this.zone = parts.zone;
    this.lease = parts.lease;
    this.at = parts.at;
    this.#closing = closing;
  }

  static async open(): Promise<BookingLab> {
    const { base, control } = await claimBase(null);
    const at = endpoints(base);
    const dir = await mkdtemp(path.join(os.tmpdir(), 'lifeboat-booking-'));
    await chmod(dir, 0o711);
    const leaseFolder = path.join(dir, 'lease');
    await mkdir(leaseFolder);
    const lease = new FolderLeaseStore({ folder: leaseFolder, ttlMs: LEASE_TTL_MS });
    await lease.advance(OLD, 0);
    const network = new Network();
    const database = await GlobalDatabase.create({
      dir,
      cacheDir: path.join(os.tmpdir(), 'lifeboat-test-cache'),
      network,
      endpoints: at,
      schemaSql: BOOKING_SCHEMA_SQL,
      log: () => undefined,
      logDir: path.join(dir, 'logs'),
    });
    const records = [
      ...REGIONS.map((region) => ({ name: writerName(region), values: [at.regions[region].database.host] })),
      { name: PUBLIC_NAME, values: [addressIn(OLD, HOST.frontDoor)] },
    ].map((record) => ({ ...record, type: 'A' as const, ttlSeconds: 1 }));
    const zone = new Zone({ name: ZONE, id: 'Z0TEST', records });
    const checks = new HealthChecks({ durations: () => LAB_DURATIONS });
    const server = new AuthoritativeServer({ zone, checks, lagMs: () => 0 });
    const resolver = new CachingResolver({
      authoritative: [at.authoritative[0]],
      localAddress: addressIn(CONTROL, HOST.resolver),
    });
    await server.listen(at.authoritative[0]);
    await resolver.listen(at.resolver);
    return new BookingLab({ base, dir, database, zone, lease, at }, [
      () => Promise.all([resolver.close(), server.close()]),
      () => database.stop(),
      () => network.close(),
      () => new Promise((resolve) => control.close(resolve)),
      () => rm(dir, { recursive: true, force: true }),
    ]);
  }

  async close(): Promise<void> {
    await this.killAll();
    for (const close of this.#closing) await close();
  }

  async killAll(): Promise<void> {
    const children = [...this.#children];
    await Promise.all(children.map((child) => end(child, 'SIGKILL')));
  }

  /** Starts a part of the lab as a process; it is killed with the test. */
  spawn(file: string, settings: object): ChildProcess {
    const main = fileURLToPath(new URL(`../../lab/${file}`, import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', main, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  /** A pod that is ready, and what it logged so far. */
  async pod(region: Region, index: number, settings: Partial<BookingSettings> = {}) {
    const at = { host: addressIn(region, HOST.pods), port: this.base + PORT.pods + index };
    const child = this.spawn('booking/main.ts', {
      id: `booking-${region}-${index}`,
      region,
      ...at,
      databaseHost: writerName(region),
      databasePort: this.at.regions[region].database.port,
      resolver: this.at.resolver,
      leaseDir: this.lease.folder,
      leaseTtlMs: LEASE_TTL_MS,
      honoursLease: true,
      localAddress: addressIn(region, HOST.pods),
      ...settings,
    });
    let log = '';
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
    const ready = async () => (await http(at, 'GET', '/readyz')).status === 200;
    await until(`pod ${index} of ${region} is ready`, ready).catch((error: Error) => {
      throw new Error(`${error.message}; its log: ${log}`);
    });
    return { child, at, log: () => log, stop: (signal: NodeJS.Signals = 'SIGKILL') => end(child, signal) };
  }
}

/** Ends a process, woken first where it is frozen, and waits until it has. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  child.kill('SIGCONT');
  await exited;
  return child.exitCode;
}
