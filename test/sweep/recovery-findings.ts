// biome-ignore-all lint/suspicious/noThenProperty: a parameter is called so, because it is what people type; no promise is near.
import { callName } from '../../domain/action.ts';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import { readAttempts } from '../../lab/observer/read-attempts.ts';
import type { Fault } from '../../lab/supervisor/fault.ts';
import { stepOf } from '../e2e/lab-session.ts';
import { CLUSTER, type Damage, type RecoveryLab, RUNBOOK } from './recovery-lab.ts';

const HOLD_MS = 3_000;
/** More than is ever booked here: what is bounded is read again before the fence, and once more when both names have changed places. */
const MOST_LOST = 1_000_000;
const PROBE_INTERVAL_MS = 100;

type Output = Readonly<Record<string, Json>>;
const outputOf = (snapshot: ExecutionSnapshot, step: string): Output =>
  (stepOf(snapshot, step)?.output ?? {}) as unknown as Output;

const same = (one: readonly string[], other: readonly string[]): boolean =>
  JSON.stringify([...one].sort()) === JSON.stringify([...other].sort());

/** What each kind of recovery must have brought about, as a stranger reads it from the databases, from RDS and from the customers' log. */
export class RecoveryFindings {
  readonly #lab: RecoveryLab;
  #all = 0;
  #held = 0;

  constructor(lab: RecoveryLab) {
    this.#lab = lab;
  }

  get count(): { readonly held: number; readonly all: number } {
    return { held: this.#held, all: this.#all };
  }

  close(): Promise<void> {
    return this.#lab.close();
  }

  async look(title: string, at: () => Promise<void>): Promise<void> {
    const startedAt = Date.now();
    console.log(`\n${title}`);
    await at().catch((caught: unknown) => this.#find('it came to its end', false, String(caught)));
    console.log(`  ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`);
  }

  async copyRows(): Promise<void> {
    const damage = await this.#lab.damage();
    const tables = 'bookings,reminders';
    const ended = await this.#run({ restoreTo: damage.restoreTo, then: 'copy-rows', tables });
    const { copied } = outputOf(ended, 'copy-rows');
    this.#find('the record says how many rows came back', copied === 40, `${copied}: 30 bookings, 10 reminders`);
    const back = await this.#lab.known(CLUSTER, damage.deleted);
    const as = back.filter(({ practitioner }) => practitioner === 'dr-before').length;
    this.#find(
      'every deleted row is back as it was',
      as === damage.deleted.length,
      `${as} of ${damage.deleted.length}`,
    );
    await this.#altered(damage, 'nobody', 'altered rows are left as they are');
    await this.#laterAreThere(CLUSTER, damage, true);
    const promised = this.#lab.acknowledgedSince(damage.restoreTo);
    const kept = await this.#lab.known(CLUSTER, promised);
    this.#find('no booking is lost', kept.length === promised.length, `${kept.length} of ${promised.length} since`);
    await this.#nothingLeft(ended.request.executionId);
  }

  async keep(): Promise<void> {
    const damage = await this.#lab.damage();
    const ended = await this.#run({ restoreTo: damage.restoreTo, then: 'keep' });
    const name = `${ended.request.executionId}-db`;
    await this.#marked(name);
    const there = await this.#lab.known(name, damage.deleted);
    this.#find('it holds what was deleted', there.length === damage.deleted.length, `${there.length} rows`);
    const gone = await this.#lab.known(CLUSTER, damage.deleted);
    this.#find('the running database is untouched', gone.length === 0, `${gone.length} deleted rows are in it`);
  }

  /** @param renames how many clusters have other names when it is aborted. */
  async abortedSwap(renames: 1 | 2, faults: readonly Fault[], killed = false): Promise<void> {
    const lab = this.#lab;
    const damage = await lab.damage();
    const before = await lab.cluster(CLUSTER);
    for (const fault of faults) await lab.session.lab.fault(fault);
    const id = await lab.begin({ restoreTo: damage.restoreTo, then: 'swap' });
    const step = renames === 1 ? 'set-damaged-aside' : 'give-copy-the-name';
    const begins = ({ state, steps }: ExecutionSnapshot) =>
      state === 'ended' ||
      steps.some(({ id, attempts, choices }) => choices.length > 0 || (id === step && attempts.length > 0));
    await lab.executions.until(id, `${step} begins`, begins);
    await lab.executions.pause(id);
    if (killed) await lab.killWorker();
    const paused = await lab.executions.until(id, `${step} is done`, (seen) => stepOf(seen, step).state === 'done');
    const begun = stepOf(paused, renames === 1 ? 'give-copy-the-name' : 'adopt-restored').attempts.length;
    this.#find('it was held in time', begun === 0, `${begun} attempts of the next change`);
    await lab.executions.abort(id);
    const ended = await lab.ended(id);
    this.#find('it ended as aborted', ended.outcome === 'aborted', `${ended.outcome}: ${ended.error?.message}`);
    const undone = ended.steps.filter(({ state }) => state === 'undone').map((each) => each.id);
    const wanted = ['set-damaged-aside', 'stop-writers', ...(renames === 2 ? ['give-copy-the-name'] : [])];
    this.#find('what was done is undone', same(undone, wanted), undone.join(', '));
    const after = await lab.cluster(CLUSTER);
    this.#find(
      'the database has its name again',
      after?.DbClusterResourceId === before?.DbClusterResourceId && after?.Status === 'available',
      `${after?.DbClusterResourceId}, ${after?.Status}`,
    );
    await this.#nothingLeft(id);
    await lab.untilHealthy();
    const promised = lab.acknowledgedSince(damage.restoreTo);
    const kept = await lab.known(CLUSTER, promised);
    this.#find('the service books, and no booking is lost', kept.length === promised.length, `${kept.length} of them`);
    await this.#laterAreThere(CLUSTER, damage, true);
    await this.#altered(damage, 'nobody', 'the data is as it was before, damage included');
  }

  async swap(): Promise<void> {
    const lab = this.#lab;
    const damage = await lab.damage();
    const before = await lab.cluster(CLUSTER);
    const planned = await this.#planned(damage);
    const ended = await this.#run({ restoreTo: damage.restoreTo, then: 'swap', lossAtMostRows: MOST_LOST });
    const id = ended.request.executionId;
    await lab.untilHealthy();
    const aside = `${CLUSTER}-before-${id}`;
    this.#callsWereNamed(planned, ended);
    const rounds = ended.gates.map(({ round }) => round);
    this.#find('people were asked once', same(rounds.map(String), ['1']), `${rounds.join(', ')} times`);

    const back = await lab.known(CLUSTER, [...damage.deleted, ...damage.altered, ...damage.untouched]);
    const as = back.filter(({ practitioner }) => practitioner === 'dr-before').length;
    this.#find('every known row is as before the damage', as === 100 && back.length === 100, `${as} of 100`);
    await this.#laterAreThere(CLUSTER, damage, false);
    await this.#laterAreThere(aside, damage, true);

    const damaged = await lab.cluster(aside);
    const isIt = damaged?.DbClusterResourceId === before?.DbClusterResourceId && damaged?.Status === 'available';
    this.#find('the damaged database stands under its other name', isIt, `${aside}, ${damaged?.DbClusterResourceId}`);
    await this.#marked(CLUSTER);
    const own = (await lab.clusters()).filter(({ DBClusterIdentifier: name }) => name === `${id}-db`);
    this.#find('nothing has the copy’s first name', own.length === 0, `${own.length} clusters`);

    const counted = Number(outputOf(ended, 'count-loss')['writtenSince']);
    const rows = `select (select count(*) from bookings where created_at > $1) + (select count(*) from reminders where created_at > $1) as rows`;
    const [{ rows: found } = { rows: '0' }] = await lab.sql<{ rows: string }>(aside, rows, [damage.restoreTo]);
    this.#find('the record says how many rows are lost', counted === Number(found), `${counted} said, ${found} there`);

    const stopped = ended.marks.fenced ?? '';
    const after = lab.acknowledgedSince(stopped);
    const [astray, served] = [await lab.known(aside, after), await lab.known(CLUSTER, after)];
    this.#find(
      'no booking since the stop is in the old database, each is in the new one',
      astray.length === 0 && served.length === after.length && after.length > 0,
      `${astray.length} in the old one, ${served.length} of ${after.length} in the new one`,
    );
    this.#measured(ended, stopped);
    await this.#afterwards(aside);
  }

  async #run(parameters: Readonly<Record<string, Json>>): Promise<ExecutionSnapshot> {
    const ended = await this.#lab.run(parameters);
    this.#find('it succeeded', ended.outcome === 'succeeded', `${ended.outcome} ${ended.error?.message ?? ''}`);
    return ended;
  }

  async #planned({ restoreTo }: Damage): Promise<ExecutionSnapshot> {
    const { session } = this.#lab;
    const before = session.changes().length;
    const parameters = ['then=swap', `restoreTo=${restoreTo}`, `lossAtMostRows=${MOST_LOST}`];
    const words = ['--service', 'booking', ...parameters.flatMap((parameter) => ['--param', parameter])];
    const { snapshot } = await session.json<{ snapshot: ExecutionSnapshot }>('plan', 'plan', RUNBOOK, ...words);
    const made = session.changes().length - before;
    const blocked = snapshot.steps
      .filter(({ state }) => state === 'blocked')
      .map(({ id, because }) => `${id}: ${because}`);
    this.#find('the dry run was ready', snapshot.outcome === 'ready', `${snapshot.outcome} ${blocked.join('; ')}`);
    this.#find('the dry run changed nothing', made === 0, `${made} mutating calls`);
    return snapshot;
  }

  #callsWereNamed(planned: ExecutionSnapshot, ended: ExecutionSnapshot): void {
    const names = (snapshot: ExecutionSnapshot) =>
      snapshot.steps
        .flatMap(({ calls }) => calls)
        .map((made) =>
          callName(made)
            .replaceAll(snapshot.request.executionId, 'ID')
            .replace(/arn:\S*:/, ''),
        );
    const [named, made] = [names(planned), names(ended)];
    const unnamed = made.filter((name) => !named.includes(name));
    this.#find(
      'the dry run named every change',
      unnamed.length === 0,
      `${made.length} made, unnamed: ${unnamed.join(', ') || 'none'}`,
    );
  }

  #measured(ended: ExecutionSnapshot, stopped: string): void {
    const { actual } = ended;
    const attempts = [...readAttempts(this.#lab.observerLog)].sort((one, other) => one.at - other.at);
    const missed = attempts.findIndex(({ ok, at }) => !ok && at >= Date.parse(stopped) - HOLD_MS);
    const from = attempts.slice(0, missed).findLast(({ ok }) => ok);
    const held = attempts.findLastIndex(({ ok }) => !ok);
    const to = attempts[held + 1];
    const seen = from && to ? (to.at - from.at) / 1_000 : 0;
    const rto = actual?.rtoSeconds ?? null;
    const allowed = Math.max((2 * PROBE_INTERVAL_MS) / 1_000, 0.02 * seen);
    this.#find(
      'the interruption is the observer’s',
      rto !== null && Math.abs(rto - seen) <= allowed,
      `${rto} s reported, ${seen} s seen`,
    );
    const { restoreSeconds } = actual?.restore ?? {};
    this.#find(
      'the restore is measured with it',
      restoreSeconds !== undefined && restoreSeconds > 0,
      `${restoreSeconds} s`,
    );
    const lost = actual?.rpo?.lost ?? 0;
    this.#find(
      'lost canaries are counted',
      lost > 0,
      `${lost}, over ${actual?.rpo?.minSeconds}–${actual?.rpo?.maxSeconds} s`,
    );
  }

  async #afterwards(aside: string): Promise<void> {
    const verified = await this.#lab.session.as('oncall-1', 'ledger', 'verify');
    this.#find('the ledger verifies', verified.exitCode === 0, verified.stdout.trim().split('\n')[0] ?? '');
    const [own, damaged] = [await this.#lab.cluster(CLUSTER), await this.#lab.cluster(aside)];
    this.#find(
      'the standby follows the damaged database, as people are told',
      own?.GlobalClusterIdentifier === undefined && damaged?.GlobalClusterIdentifier !== undefined,
      `${aside} is in ${damaged?.GlobalClusterIdentifier}, ${CLUSTER} in ${own?.GlobalClusterIdentifier ?? 'none'}`,
    );
    const { snapshot } = await this.#lab.session.json<{ snapshot: ExecutionSnapshot }>(
      'plan',
      'plan',
      'region-failover',
      ...['--service', 'booking', '--to', 'eu-west-3'],
    );
    const standby = snapshot.steps.find(({ id }) => id === 'check-standby');
    this.#find(
      'a failover to that standby is refused: it would bring the damage back',
      standby?.state === 'blocked' && (standby.because ?? '').includes(aside),
      `${standby?.state}: ${standby?.because}`,
    );
  }

  async #altered({ altered }: Damage, practitioner: string, what: string): Promise<void> {
    const rows = await this.#lab.known(CLUSTER, altered);
    const as = rows.filter((row) => row.practitioner === practitioner).length;
    this.#find(what, as === altered.length, `${as} of ${altered.length}`);
  }

  async #laterAreThere(cluster: string, { later }: Damage, there: boolean): Promise<void> {
    const found = (await this.#lab.known(cluster, later)).length;
    const what = `rows written since are ${there ? '' : 'not '}in ${cluster}`;
    this.#find(what, found === (there ? later.length : 0), `${found} of ${later.length}`);
  }

  /** Whoever looks at it knows that it stays. */
  async #marked(name: string): Promise<void> {
    const found = await this.#lab.cluster(name);
    const kind = found?.TagList?.find(({ Key }) => Key === 'lifeboat:kind')?.Value;
    const holds = kind === 'keep' && found?.DeletionProtection === true;
    this.#find(`${name} is kept and protected`, holds, `${kind}, protection ${found?.DeletionProtection}`);
  }

  async #nothingLeft(id: string): Promise<void> {
    const left = (await this.#lab.clusters()).filter(({ DBClusterIdentifier: name = '' }) => name.includes(id));
    const names = left.map(({ DBClusterIdentifier: name }) => name).join(', ');
    this.#find('nothing of the restore is left', left.length === 0, names || 'nothing');
  }

  #find(what: string, holds: boolean, figures: string): void {
    this.#all += 1;
    this.#held += holds ? 1 : 0;
    console.log(`  ${holds ? '✓' : '✗'} ${what}: ${figures}`);
  }
}
