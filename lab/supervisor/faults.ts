import { appendFileSync, rmSync, symlinkSync } from 'node:fs';
import { request } from 'node:http';
import { LifeboatError } from '../../domain/errors.ts';
import type { RdsTwin } from '../aws/rds/rds-twin.ts';
import type { Backups } from '../backup/backups.ts';
import type { GlobalDatabase } from '../database/global-database.ts';
import type { Network, Rule } from '../network/network.ts';
import { type Endpoint, type Place, REGIONS, type Region } from '../topology.ts';
import type { BookingPods } from './booking-pods.ts';
import { backupFault, healControlPlane, pendingFaults, spoilControlPlane } from './control-plane-faults.ts';
import { describeFault, type Fault, type FaultRecord } from './fault.ts';
import type { Folders } from './folders.ts';
import type { Parts } from './parts.ts';
import { ProcessPart } from './process-part.ts';

export interface FaultTargets {
  readonly at: Folders;
  readonly network: Network;
  readonly database: GlobalDatabase;
  readonly backups: Backups;
  readonly rds: RdsTwin;
  readonly pods: BookingPods;
  readonly frontDoors: Readonly<Record<Region, ProcessPart>>;
  readonly parts: Parts;
  /** Replication delay that healing goes back to. */
  readonly baseDelayMs: number;
  readonly say: (line: string) => void;
}

const now = (): number => performance.timeOrigin + performance.now();

/** What can go wrong in a lab, done to its real parts and written down with its instant. */
export class Faults {
  readonly #targets: FaultTargets;
  readonly #active: Fault[] = [];
  readonly #lost = new Set<Region>();
  /** Nothing mends what was done to backups. */
  readonly #spoiled: Fault[] = [];

  constructor(targets: FaultTargets) {
    this.#targets = targets;
  }

  /** In force now, in the order they were brought. */
  get active(): readonly string[] {
    return [...this.#active, ...this.#spoiled].map(describeFault).concat(pendingFaults(this.#targets.rds));
  }

  /** Whether a place is lost or partitioned. */
  isCutOff(place: Place): boolean {
    return this.#active.some(
      (fault) => (fault.kind === 'lose' || fault.kind === 'partition') && fault.region === place,
    );
  }

  /** Whether connections from one place to another get through untouched. */
  reaches(from: Place, to: Place): boolean {
    const blocked = (rule: Rule) =>
      (rule.from === '*' || rule.from === from) && (rule.to === '*' || rule.to === to) && rule.mode !== 'slow';
    const rule = this.#rules().findLast(blocked);
    return rule === undefined || rule.mode === 'open';
  }

  async bring(fault: Fault): Promise<FaultRecord> {
    const atMs = now();
    // Everything up to the first await happens in one turn: no packet passes between its halves.
    const done = this.#act(fault);
    const says = await done;
    if (!this.#active.includes(fault) && isHealed(fault)) this.#active.push(fault);
    return this.#record(atMs, fault, says);
  }

  async heal(): Promise<FaultRecord> {
    const { network, database, rds, at, parts, baseDelayMs } = this.#targets;
    const atMs = now();
    this.#active.length = 0;
    network.setRules([]);
    database.setReplicationDelay(baseDelayMs);
    for (const region of REGIONS) {
      mount(at, region);
      database.thaw(region);
      rds.markHealed(region);
    }
    healControlPlane(rds);
    await Promise.all(parts.all().map((part) => part.thaw?.()));
    const dead = [...this.#lost].map(
      (region) => `the processes of ${region} were killed and stay dead: start them with npm run lab -- start PART`,
    );
    this.#lost.clear();
    return this.#record(atMs, { kind: 'heal' }, ['links open, lease folder mounted, frozen processes go on', ...dead]);
  }

  async #act(fault: Fault): Promise<readonly string[]> {
    const { network, database, backups, rds, at, parts } = this.#targets;
    switch (fault.kind) {
      case 'lose':
        return this.#lose(fault);
      case 'partition':
        this.#active.push(fault);
        network.setRules(this.#rules());
        unmount(at, fault.region);
        return [`${fault.region} reaches nothing and nothing reaches it; its processes and its database live`];
      case 'replication-delay':
        database.setReplicationDelay(fault.ms);
        return [`what the writer streams arrives ${fault.ms} ms late`];
      case 'freeze-writer':
        return this.#freezeWriter(fault.region);
      case 'freeze': {
        const part = parts.get(fault.part, 'freeze');
        await part.freeze?.();
        return [`${part.name} (pid ${part.pid() ?? 'none'}) and everything below it is stopped`];
      }
      case 'link':
        this.#active.push(fault);
        network.setRules(this.#rules());
        return [describeFault(fault)];
      case 'backups':
        this.#spoiled.push(fault);
        return [`${describeFault(fault)}: ${await backups.fault(backupFault(fault))}`];
      default:
        spoilControlPlane(rds, fault);
        return [describeFault(fault)];
    }
  }

  async #lose(fault: Fault & { kind: 'lose' }): Promise<readonly string[]> {
    const { region } = fault;
    const { network, database, backups, at, pods, frontDoors, rds } = this.#targets;
    this.#active.push(fault);
    this.#lost.add(region);
    network.setRules(this.#rules());
    const databaseGone = database.kill(region);
    const restored = rds.restoredClusters.filter((cluster) => cluster.region === region);
    const restoredGone = restored.map(({ storage }) => backups.stopRestored(storage));
    const processesGone = ProcessPart.killTogether([frontDoors[region], ...pods.giveUp(region)]);
    rds.markLost(region);
    unmount(at, region);
    await Promise.all([databaseGone, processesGone, ...restoredGone]);
    const names = restored.map(({ id }) => ` ${id},`).join('');
    return [`${region} is gone: links ${fault.as}, database,${names} front door and booking processes killed`];
  }

  /** Takes the first pod; which booking stops it, the next one decides. */
  async #freezeWriter(region: Region): Promise<readonly string[]> {
    const pod = this.#targets.pods.running(region)[0];
    if (!pod) {
      throw new LifeboatError('DR_LAB_PART_UNKNOWN', `No booking process runs in ${region}, so none can be frozen.`, {
        field: 'region',
      });
    }
    await post(pod.at, '/lab/freeze-next-commit');
    return [`${pod.part.name} (pid ${pod.part.pid()}) stops before its next COMMIT; thaw it to let it commit`];
  }

  #rules(): readonly Rule[] {
    return this.#active.flatMap((fault): readonly Rule[] => {
      if (fault.kind === 'link') {
        const { from, to, mode, ms } = fault;
        return [{ from, to, mode, ...(ms === undefined ? {} : { delayMs: ms }) }];
      }
      if (fault.kind !== 'lose' && fault.kind !== 'partition') return [];
      const mode = fault.kind === 'lose' && fault.as === 'refuse' ? 'refuse' : 'black_hole';
      const { region } = fault;
      const cut: readonly Rule[] = [
        { from: '*', to: region, mode },
        { from: region, to: '*', mode },
      ];
      return fault.kind === 'lose' ? [...cut, { from: region, to: region, mode }] : cut;
    });
  }

  #record(atMs: number, fault: FaultRecord['fault'], says: readonly string[]): FaultRecord {
    const record: FaultRecord = { at: new Date(atMs).toISOString(), atMs, doneAtMs: now(), fault, says };
    appendFileSync(this.#targets.at.faults, `${JSON.stringify(record)}\n`);
    for (const line of says) this.#targets.say(`fault: ${line}`);
    return record;
  }
}

/** Ends by `heal` and by nothing else: the control plane knows of its own what is still to go wrong. */
const isHealed = ({ kind }: Fault): boolean => !['backups', 'calls', 'copy', 'placement'].includes(kind);

/** A partition takes the mount away, as the mount of a file system in another place would vanish. */
function unmount(at: Folders, region: Region): void {
  rmSync(at.leaseMount(region), { force: true });
}

function mount(at: Folders, region: Region): void {
  unmount(at, region);
  symlinkSync(at.lease, at.leaseMount(region));
}

function post(to: Endpoint, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...to, path, method: 'POST', agent: false, timeout: 1_000 }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      if (status < 300) resolve();
      else reject(new Error(`${path} answered ${status}`));
    });
    sent.on('timeout', () => sent.destroy(new Error(`${path}: no answer in 1 s`)));
    sent.on('error', reject);
    sent.end();
  });
}
