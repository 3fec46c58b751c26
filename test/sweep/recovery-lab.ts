import { Resolver } from 'node:dns/promises';
import { type DBCluster, DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import pg from 'pg';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import { untilHealthy } from '../../lab/demo/observed.ts';
import { boundTo } from '../../lab/observer/bound-socket.ts';
import { readAttempts } from '../../lab/observer/read-attempts.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { addressIn, clusterId, endpoints, restoredName } from '../../lab/topology.ts';
import { LabSession } from '../e2e/lab-session.ts';
import { Executions } from '../support/executions.ts';

export const RUNBOOK = 'point-in-time-recovery';
const REGION = 'eu-west-1';
/** Name the service knows its database by. */
export const CLUSTER = clusterId(REGION);
const LOCAL_ADDRESS = addressIn('outside', 72);

/** Rows of known content, some of which are then damaged. */
export interface Damage {
  /** The last instant before it, ISO 8601, milliseconds. */
  readonly restoreTo: string;
  readonly deleted: readonly string[];
  readonly altered: readonly string[];
  /** Written after the damage, by somebody who knows nothing of it. */
  readonly later: readonly string[];
  readonly untouched: readonly string[];
}

export interface KnownBooking {
  readonly id: string;
  readonly practitioner: string;
}

/** One lab whose bookings are damaged on purpose, and whoever recovers them through the engine. */
export class RecoveryLab {
  readonly session: LabSession;
  readonly executions: Executions;
  readonly #rds: RDSClient;
  #damages = 0;

  private constructor(session: LabSession, executions: Executions, rds: RDSClient) {
    this.session = session;
    this.executions = executions;
    this.#rds = rds;
  }

  static async open(): Promise<RecoveryLab> {
    const session = await LabSession.open();
    const status = await session.lab.status();
    const rds = new RDSClient({
      region: REGION,
      endpoint: status.endpoints.operator[REGION].rds,
      credentials: { accessKeyId: 'observer', secretAccessKey: 'observer' },
      maxAttempts: 1,
    });
    const lab = new RecoveryLab(session, await Executions.open(session.lab), rds);
    await waitUntil(
      'the database can be restored',
      async () => (await lab.cluster(CLUSTER))?.EarliestRestorableTime !== undefined,
      { timeoutMs: 60_000 },
    );
    return lab;
  }

  async close(): Promise<void> {
    this.#rds.destroy();
    await this.executions.close();
    await this.session.close();
  }

  get observerLog(): string {
    return this.session.files.observers.outside;
  }

  async clusters(): Promise<readonly DBCluster[]> {
    return (await this.#rds.send(new DescribeDBClustersCommand({}))).DBClusters ?? [];
  }

  async cluster(name: string): Promise<DBCluster | undefined> {
    return (await this.clusters()).find(({ DBClusterIdentifier: id }) => id === name);
  }

  /** Runs SQL on a cluster, by its name, as anybody would who resolves it now. */
  async sql<Row extends pg.QueryResultRow>(cluster: string, text: string, values: unknown[] = []): Promise<Row[]> {
    const { resolver, regions } = endpoints(this.session.lab.basePort);
    const names = new Resolver({ timeout: 1_000, tries: 2 });
    names.setServers([`${resolver.host}:${resolver.port}`]);
    names.setLocalAddress(LOCAL_ADDRESS);
    const [host = ''] = await names.resolve4(restoredName(cluster));
    const client = new pg.Client({
      host,
      port: regions[REGION].database.port,
      user: 'postgres',
      database: 'postgres',
      connectionTimeoutMillis: 3_000,
      query_timeout: 10_000,
      stream: () => boundTo(LOCAL_ADDRESS),
    });
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** Those of the ids that a cluster holds, with who they are booked with. */
  known(cluster: string, ids: readonly string[]): Promise<KnownBooking[]> {
    return this.sql<KnownBooking & pg.QueryResultRow>(
      cluster,
      'select id, practitioner from bookings where id = any($1) order by id',
      [ids],
    );
  }

  /** Books a hundred known rows, then deletes thirty and alters twenty of them, and goes on booking. */
  async damage(): Promise<Damage> {
    this.#damages += 1;
    const ids = Array.from({ length: 100 }, (_, index) => `known-${this.#damages}-${String(index).padStart(3, '0')}`);
    const book = (which: readonly string[]) =>
      this.sql(
        CLUSTER,
        `insert into bookings (id, practitioner, region) select id, 'dr-before', 'eu-west-1' from unnest($1::text[]) id`,
        [which],
      );
    await book(ids);
    const reminders = `insert into reminders (booking_id, channel) select id, 'sms' from unnest($1::text[]) id`;
    await this.sql(CLUSTER, reminders, [ids.slice(0, 10)]);
    const [{ at } = { at: new Date() }] = await this.sql<{ at: Date }>(CLUSTER, 'select clock_timestamp() as at');
    // Whole milliseconds later, and customers book on before anything goes wrong.
    const restoreTo = new Date(at.getTime() + 500).toISOString();
    await waitUntil('customers booked after that instant', () => this.acknowledgedSince(restoreTo).length >= 10, {
      timeoutMs: 30_000,
    });
    const [deleted, altered, untouched] = [ids.slice(0, 30), ids.slice(30, 50), ids.slice(50)];
    await this.sql(CLUSTER, 'delete from reminders where booking_id = any($1)', [deleted]);
    await this.sql(CLUSTER, 'delete from bookings where id = any($1)', [deleted]);
    await this.sql(CLUSTER, `update bookings set practitioner = 'nobody' where id = any($1)`, [altered]);
    const later = Array.from({ length: 15 }, (_, index) => `later-${this.#damages}-${String(index).padStart(3, '0')}`);
    await book(later);
    return { restoreTo, deleted, altered, later, untouched };
  }

  /** Ids that the observer's customers were promised, of attempts that began at or after an instant. */
  acknowledgedSince(instant: string): readonly string[] {
    const since = Date.parse(instant);
    return readAttempts(this.observerLog)
      .filter(({ ok, at }) => ok && at >= since)
      .map(({ id }) => id);
  }

  /** In the midst of whatever it does; another one takes over. */
  async killWorker(): Promise<void> {
    const worker = this.session.lab.part('worker');
    await worker.kill();
    await worker.start();
  }

  untilHealthy(count = 35): Promise<void> {
    return untilHealthy(this.observerLog, count);
  }

  /** Starts a live recovery and has a second person approve its gate; its id. */
  async begin(parameters: Readonly<Record<string, Json>>): Promise<string> {
    const id = await this.executions.start(RUNBOOK, parameters, 'live');
    const asked = await this.executions.until(
      id,
      'its gate opens',
      ({ state, gates }) => state === 'ended' || gates.some((gate) => gate.state === 'open'),
    );
    const gate = asked.gates.find(({ state }) => state === 'open');
    if (!gate) throw new Error(`it ${asked.outcome}: ${asked.error?.message}`);
    const words = ['approve', id, '--gate', gate.id, '--yes', '--reason', 'the loss shown is accepted'];
    const approved = await this.session.as('approver-2', ...words);
    if (approved.exitCode !== 0) throw new Error(`the approval was refused: ${approved.stdout}${approved.stderr}`);
    return id;
  }

  /** Starts one, has it approved, and follows it to its end; a step that fails ends the waiting. */
  async run(parameters: Readonly<Record<string, Json>>): Promise<ExecutionSnapshot> {
    return this.ended(await this.begin(parameters));
  }

  async ended(id: string): Promise<ExecutionSnapshot> {
    const stuck = ({ steps }: ExecutionSnapshot) => steps.find((step) => step.choices.length > 0);
    const seen = await this.executions.until(
      id,
      'it ends',
      (snapshot) => snapshot.state === 'ended' || stuck(snapshot) !== undefined,
      180_000,
    );
    const step = stuck(seen);
    if (step) throw new Error(`${step.id} failed: ${step.error?.code}: ${step.error?.message}`);
    return seen;
  }
}
