import { CallLog } from '../aws/call-log.ts';
import type { DatabaseBackups } from '../backup/database-backups.ts';
import type { GlobalDatabase } from '../database/global-database.ts';
import { Network } from '../network/network.ts';
import { ProcessRecord } from '../parts/leftovers.ts';
import type { TemporalBinary } from '../parts/temporal-binary.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { endpoints, LAB_DURATIONS, type Region } from '../topology.ts';
import { Autopsy } from './autopsy.ts';
import { startBackups } from './backups-part.ts';
import { labConfiguration, REPLICAS } from './configuration-file.ts';
import { startObservers, startTemporal, startWatch, startWebhook, startWorker } from './control-place.ts';
import { regionsWithDatabase, startDatabase } from './database-part.ts';
import { Faults } from './faults.ts';
import { folders, makeFolders } from './folders.ts';
import type { LabContext } from './lab-context.ts';
import { startNames } from './names.ts';
import { Parts } from './parts.ts';
import { makeLedgerKey, makePeople } from './people.ts';
import { isServing } from './public-name.ts';
import { layRecoveryStack } from './recovery-stack.ts';
import { startControlPlanes, startFrontDoors, startKubernetes } from './regions.ts';
import type { Settings } from './settings.ts';
import { giveFirstLease, writeConfiguration, writeCredentials, writeTokens } from './write-files.ts';

export interface Closable {
  close(): Promise<void>;
}

/** A lab that is up, or on its way. */
export class Lab {
  readonly context: LabContext;
  readonly #closables: Closable[] = [];
  #temporal: TemporalBinary | null = null;
  #faults: Faults | null = null;
  #autopsy: Autopsy | null = null;
  readonly #ending = new AbortController();
  #starting: readonly Promise<unknown>[] = [];

  constructor(settings: Settings, base: number, say: (line: string) => void) {
    const at = folders(settings.dir);
    const overrides = Object.entries(settings.durations).filter(([, value]) => value !== undefined);
    this.context = {
      settings,
      at,
      base,
      endpoints: endpoints(base),
      durations: { ...LAB_DURATIONS, ...Object.fromEntries(overrides) },
      network: new Network({ log: say }),
      calls: new CallLog(at.callLog),
      parts: new Parts(),
      record: new ProcessRecord(settings.dir),
      ending: this.#ending.signal,
      say,
    };
  }

  get temporal(): TemporalBinary | null {
    return this.#temporal;
  }

  /** `null` until everything is up. */
  get faults(): Faults | null {
    return this.#faults;
  }

  get autopsy(): Autopsy | null {
    return this.#autopsy;
  }

  /** Brings everything up, as much at once as depends on nothing else. Throws with whatever failed first; `stop` then clears up. */
  async start(): Promise<void> {
    const lab = this.context;
    await this.#writeFiles();
    await giveFirstLease(lab.at);

    const temporal = startTemporal(lab);
    const database = this.#database().then(said('the databases run', lab));
    const frontDoors = startFrontDoors(lab);
    const webhook = startWebhook(lab).then((started) => this.#keep(started));
    const names = startNames(lab).then((started) => this.#keep(started));
    const reachable = (from: Region, to: Region) => this.#faults?.reaches(from, to) ?? true;
    const databases = database.then(async (running) => ({ database: running, backups: await this.#backups(running) }));
    const planes = names
      .then((started) => startControlPlanes(lab, started, databases, reachable))
      .then((started) => this.#keep(started));
    const kubernetes = startKubernetes(lab).then((started) => this.#keep(started));
    const pods = Promise.all([kubernetes, database]).then(async ([{ pods: started }]) => {
      await Promise.all(regionsWithDatabase(lab.settings).map((region) => started.begin(region, REPLICAS[region])));
      return started;
    });
    const worker = temporal.then((binary) => {
      this.#temporal = binary;
      return startWorker(lab);
    });

    // A check that has not looked yet counts as unhealthy, and a resolver that asked meanwhile would remember that.
    const { signal } = this.#ending;
    const checked = names.then(({ checks }) => checks.settled(signal));
    const serving = Promise.all([checked, planes, frontDoors, pods])
      .then(async () => {
        await waitUntil('the public name answers', () => isServing(lab.endpoints), {
          timeoutMs: 30_000,
          everyMs: 50,
          signal,
        });
        await Promise.all([startWatch(lab), startObservers(lab)]);
      })
      .then(said('customers can book', lab));
    this.#starting = [
      temporal,
      databases,
      frontDoors,
      webhook,
      names,
      checked,
      planes,
      kubernetes,
      pods,
      worker,
      serving,
    ];
    await Promise.all(this.#starting);

    const { rds } = await planes;
    this.#autopsy = this.#keep(
      new Autopsy({
        ...(await databases),
        regionsWithDatabase: regionsWithDatabase(lab.settings),
        storageOf: (cluster, region) =>
          rds.restoredClusters.find((each) => each.id === cluster && each.region === region)?.storage ?? null,
      }),
    );
    this.#faults = new Faults({
      ...lab,
      ...(await databases),
      rds,
      pods: await pods,
      frontDoors: await frontDoors,
      baseDelayMs: lab.settings.lagMs,
    });
  }

  /** Ends everything, in an order in which nothing complains: who asks goes before who answers. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error('the lab goes down'));
    await this.#stopProcesses();
    // What was being started when the order came fails now, or ends here once it is there.
    await Promise.allSettled(this.#starting);
    await this.#stopProcesses();
    for (const closable of this.#closables.splice(0).reverse()) {
      await closable.close().catch((error: Error) => this.context.say(`while closing: ${error.message}`));
    }
    await this.context.network.close();
  }

  async #stopProcesses(): Promise<void> {
    await Promise.all(this.context.parts.all().map((part) => part.stop?.()));
  }

  async #writeFiles(): Promise<void> {
    const { at, endpoints: where, durations } = this.context;
    makeFolders(at);
    makeLedgerKey(at);
    writeCredentials(at);
    writeTokens(at);
    const recoveryStack = await layRecoveryStack(this.context);
    const about = { at, endpoints: where, people: makePeople(at), durations, recoveryStack };
    writeConfiguration(at, labConfiguration(about));
  }

  async #database(): Promise<GlobalDatabase> {
    const database = await startDatabase(this.context);
    this.#keep({ close: () => database.stop() });
    return database;
  }

  async #backups(database: GlobalDatabase): Promise<DatabaseBackups> {
    const backups = await startBackups(this.context, database);
    // Kept after the database, so it is stopped before it.
    this.#keep({ close: () => backups.stop() });
    return backups;
  }

  #keep<C extends Closable>(started: C): C {
    this.#closables.push(started);
    return started;
  }
}

/** Tells that a stage was reached, and passes on what it gave. */
const said =
  (line: string, { say }: LabContext) =>
  <T>(value: T): T => {
    say(line);
    return value;
  };
