import { Resolver } from 'node:dns/promises';
import type { ExecutionSnapshot } from '../../domain/execution.ts';
import { addressIn, type Endpoint, endpoints, restoredName } from '../../lab/topology.ts';
import { type KnownRow, KnownWrites, knownIds } from '../support/known-writes.ts';
import { seededRandom } from '../unit/measure/seeded-random.ts';
import type { DrillLab } from './drill-lab.ts';

const DRILL = 'pitr-restore-drill';
/** Least distance from a commit, so that an instant of whole milliseconds lies between two of them. */
const APART_MICROS = 2_000n;
/** How many of the newest rows an instant is chosen among. */
const LATELY = 40;

interface Chosen {
  readonly before: KnownRow;
  readonly after: KnownRow;
  /** ISO 8601, milliseconds. */
  readonly instant: string;
}

/** Restores to random instants and compares what the copy holds with what is known to have been committed until then. */
export class DrillInstants {
  readonly #lab: DrillLab;
  readonly #random: () => number;

  constructor(lab: DrillLab, seed: number) {
    this.#lab = lab;
    this.#random = seededRandom(seed);
  }

  /** How many did not hold. */
  async run(count: number): Promise<number> {
    const source = endpoints(this.#lab.handle.basePort).regions['eu-west-1'].database;
    // An instant before the first backup cannot be restored.
    await this.#lab.untilRestorable();
    const writes = await KnownWrites.begin(source, () => 20 + this.#random() * 300);
    let failed = 0;
    try {
      for (let number = 1; number <= count; number += 1) {
        await new Promise((resolve) => setTimeout(resolve, 3_000));
        const startedAt = Date.now();
        const says = await this.#one(writes, number).catch((caught: Error) => [caught.message]);
        failed += says.length === 0 ? 0 : 1;
        const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
        console.log(
          `${says.length === 0 ? '✓' : '✗'} ${String(number).padStart(2)}  ${seconds.padStart(5)} s  ${says.join('; ')}`,
        );
      }
    } finally {
      await writes.stop();
    }
    console.log(`${count - failed} of ${count} instants: the last row before is there, the first after is not`);
    return failed;
  }

  async #one(writes: KnownWrites, number: number): Promise<readonly string[]> {
    const from = Date.now();
    const chosen = this.#choose(writes.rows.slice(-LATELY));
    const expected = writes.rows
      .filter(({ id, committedMicros }) => committedMicros <= chosen.before.committedMicros && !writes.isDeleted(id))
      .map(({ id }) => id);
    // Every other time a row that the instant still knows is deleted before anybody bookmarks anything.
    if (number % 2 === 0) await writes.delete(expected[Math.floor(this.#random() * expected.length)]!);
    const id = await this.#lab.executions.start(DRILL, { restoreTo: chosen.instant });
    const found = await this.#readRestored(id);
    const ended = await this.#lab.executions.ended(id);
    return [
      ...complaintsOfRows(found, expected, chosen),
      ...(ended.outcome === 'succeeded' ? [] : [`it ${ended.outcome}: ${ended.error?.message}`]),
      ...(await this.#lab.complaints(id, from)),
    ];
  }

  #choose(rows: readonly KnownRow[]): Chosen {
    const pairs = rows.slice(1).map((after, index) => ({ before: rows[index]!, after }));
    const wide = pairs.filter(
      ({ before, after }) => after.committedMicros - before.committedMicros > 2n * APART_MICROS,
    );
    const { before, after } = wide[Math.floor(this.#random() * wide.length)]!;
    const room = after.committedMicros - before.committedMicros - 2n * APART_MICROS;
    const micros = before.committedMicros + APART_MICROS + BigInt(Math.floor(Number(room) * this.#random()));
    return { before, after, instant: new Date(Number(micros / 1_000n)).toISOString() };
  }

  /** Holds the drill when its database stands, reads it over a connection of one's own, lets it go on. */
  async #readRestored(id: string): Promise<readonly string[]> {
    const { executions } = this.#lab;
    const asked = (snapshot: ExecutionSnapshot) =>
      snapshot.state === 'ended' || stateOf(snapshot, 'create-instance') !== 'not_executed';
    const begun = await executions.until(id, 'its instance is asked for', asked);
    if (begun.state === 'ended') throw new Error(`it ${begun.outcome}: ${begun.error?.message}`);
    // Held before its attempt begins the step would wait as well.
    await this.#lab.untilCalled('CreateDBInstance', id);
    await executions.pause(id);
    try {
      const stands = (snapshot: ExecutionSnapshot) =>
        snapshot.state === 'ended' || stateOf(snapshot, 'create-instance') === 'done';
      const snapshot = await executions.until(id, 'its database stands', stands);
      if (snapshot.state === 'ended') throw new Error(`it ${snapshot.outcome}: ${snapshot.error?.message}`);
      return await knownIds(await this.#addressOf(`${id}-db`));
    } finally {
      await executions.resume(id).catch(() => undefined);
    }
  }

  async #addressOf(cluster: string): Promise<Endpoint> {
    const { resolver, regions } = endpoints(this.#lab.handle.basePort);
    const names = new Resolver({ timeout: 1_000, tries: 2 });
    names.setServers([`${resolver.host}:${resolver.port}`]);
    names.setLocalAddress(addressIn('outside', 71));
    const [host = ''] = await names.resolve4(restoredName(cluster));
    return { host, port: regions['eu-west-1'].database.port };
  }
}

const stateOf = (snapshot: ExecutionSnapshot, step: string): string | undefined =>
  snapshot.steps.find(({ id }) => id === step)?.state;

function complaintsOfRows(found: readonly string[], expected: readonly string[], chosen: Chosen): readonly string[] {
  const missing = expected.filter((id) => !found.includes(id));
  const added = found.filter((id) => !expected.includes(id));
  return [
    ...(found.includes(chosen.before.id)
      ? []
      : [`the last row before ${chosen.instant}, ${chosen.before.id}, is not there`]),
    ...(found.includes(chosen.after.id) ? [`the first row after ${chosen.instant}, ${chosen.after.id}, is there`] : []),
    ...(missing.length > 0
      ? [`${missing.length} of ${expected.length} rows are missing: ${missing.slice(0, 3).join(', ')}`]
      : []),
    ...(added.length > 0 ? [`${added.length} rows too many: ${added.slice(0, 3).join(', ')}`] : []),
  ];
}
