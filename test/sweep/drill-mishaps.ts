import type { ExecutionOutcome } from '../../domain/execution.ts';
import type { Fault } from '../../lab/supervisor/fault.ts';
import { seededRandom } from '../unit/measure/seeded-random.ts';
import type { DrillLab } from './drill-lab.ts';

const DRILL = 'pitr-restore-drill';
/** Changes a drill makes, the ones that make something first. */
const MAKES = ['RestoreDBClusterToPointInTime', 'CreateDBInstance'] as const;
const CHANGES = [...MAKES, 'DeleteDBInstance', 'DeleteDBCluster'] as const;

interface Mishap {
  readonly says: string;
  readonly expected: ExecutionOutcome;
  readonly faults: readonly Fault[];
  /** Done while the execution runs. */
  readonly meanwhile?: (lab: DrillLab, executionId: string) => Promise<void>;
}

const lost = (operation: string): Fault => ({
  kind: 'calls',
  service: 'rds',
  operation,
  effect: 'lost_reply',
  times: 1,
});

/** Every way a drill can go wrong, each with its share of chance. */
const MISHAPS: readonly ((random: () => number) => Mishap)[] = [
  () => ({ says: 'nothing goes wrong', expected: 'succeeded', faults: [] }),
  (random) => {
    const damage = pick(random, [
      "update bookings set practitioner = 'somebody else' where id = (select min(id) from bookings)",
      'delete from reminders where id = (select min(id) from reminders)',
      'delete from bookings where id in (select booking_id from reminders order by id limit 1)',
      'alter table bookings add column added_by_nobody text',
    ]);
    const says = `damaged: ${damage}`;
    return { says, expected: 'failed', faults: [{ kind: 'backups', what: 'damage-next-restore', sql: damage }] };
  },
  (random) => {
    const operation = pick(random, CHANGES);
    const says = `aborted after ${operation}`;
    const outcome = operation.startsWith('Delete') ? 'succeeded' : 'aborted';
    return { says, expected: outcome, faults: [], meanwhile: (lab, id) => abortAfter(lab, id, operation) };
  },
  (random) => {
    const operation = pick(random, CHANGES);
    return {
      says: `worker killed after ${operation}`,
      expected: 'succeeded',
      faults: [],
      meanwhile: (lab, id) => killAfter(lab, id, operation),
    };
  },
  (random) => {
    const operation = pick(random, CHANGES);
    return { says: `answer lost: ${operation}`, expected: 'succeeded', faults: [lost(operation)] };
  },
  () => ({ says: `answers lost: ${MAKES.join(' and ')}`, expected: 'succeeded', faults: MAKES.map(lost) }),
  (random) => {
    const seed = Math.floor(random() * 1_000_000);
    const effect = random() < 0.5 ? 'throttle' : 'server_error';
    const fault: Fault = { kind: 'calls', service: 'rds', operation: '*', effect, probability: 0.2, seed };
    return { says: `${effect}, one call in five, seed ${seed}`, expected: 'succeeded', faults: [fault] };
  },
];

/** Last, because nothing mends it but the next base backup. */
const CORRUPT: Mishap = {
  says: 'the archive is corrupt',
  expected: 'failed',
  faults: [{ kind: 'backups', what: 'corrupt-archive' }],
};

/** Seeded runs of the drill in which something goes wrong. Whatever happens, it must clean up after itself and touch nothing else. */
export class DrillMishaps {
  readonly #lab: DrillLab;
  readonly #random: () => number;

  constructor(lab: DrillLab, seed: number) {
    this.#lab = lab;
    this.#random = seededRandom(seed);
  }

  /** How many did not hold. */
  async run(count: number): Promise<number> {
    let failed = 0;
    for (let number = 1; number <= count; number += 1) {
      // Each kind in turn, its details by chance: fifty runs have seven of each.
      const mishap = number === count ? CORRUPT : MISHAPS[(number - 1) % MISHAPS.length]!(this.#random);
      const startedAt = Date.now();
      const { outcome, says } = await this.#one(mishap).catch((caught: Error) => ({
        outcome: 'stuck',
        says: [caught.message],
      }));
      failed += says.length === 0 ? 0 : 1;
      const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
      console.log(
        `${says.length === 0 ? '✓' : '✗'} ${String(number).padStart(2)}  ${seconds.padStart(5)} s  ${outcome.padEnd(9)}  ${mishap.says}${says.map((each) => `\n      ${each}`).join('')}`,
      );
    }
    console.log(`${count - failed} of ${count} runs: nothing remains, nothing else was touched`);
    return failed;
  }

  async #one({ expected, faults, meanwhile }: Mishap): Promise<{ outcome: string; says: readonly string[] }> {
    const { executions, handle } = this.#lab;
    const from = Date.now();
    for (const fault of faults) await handle.fault(fault);
    const id = await executions.start(DRILL);
    try {
      await meanwhile?.(this.#lab, id);
      const ended = await executions.ended(id, 180_000);
      await handle.heal();
      const unexpected =
        ended.outcome === expected ? [] : [`expected ${expected}: ${ended.error?.message ?? 'no error'}`];
      return { outcome: ended.outcome ?? 'none', says: [...unexpected, ...(await this.#lab.complaints(id, from))] };
    } finally {
      await handle.heal();
    }
  }
}

async function abortAfter(lab: DrillLab, id: string, operation: string): Promise<void> {
  await lab.untilCalled(operation, id);
  // Past its last step there is nothing to abort, and the execution says so.
  await lab.executions.abort(id).catch(() => undefined);
}

async function killAfter(lab: DrillLab, id: string, operation: string): Promise<void> {
  await lab.untilCalled(operation, id);
  const worker = lab.handle.part('worker');
  await worker.kill();
  await worker.start();
}

function pick<Item>(random: () => number, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!;
}
