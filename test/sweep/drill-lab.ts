import { readTwinLog } from '../../lab/demo/twin-log.ts';
import { type LabHandle, startLab } from '../../lab/lab-handle.ts';
import { listDatabases } from '../../lab/observer/list-databases.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import type { LabStatus } from '../../lab/supervisor/status.ts';
import { type Judged, judge } from '../e2e/drill-checker.ts';
import { DatabaseSightings, type SeenCluster } from '../support/database-sightings.ts';
import { Executions } from '../support/executions.ts';

const SOURCE = 'booking-eu-west-1';
const REGIONS = ['eu-west-1', 'eu-west-3'] as const;

/** One lab, whoever starts drills in it, and a stranger who looks at RDS all the time. */
export class DrillLab {
  readonly handle: LabHandle;
  readonly executions: Executions;
  readonly #status: LabStatus;
  readonly #sightings: DatabaseSightings;
  #standing: readonly string[] = [];
  /** Seen at RDS before the execution that is judged. */
  #known: readonly SeenCluster[] = [];

  private constructor(handle: LabHandle, status: LabStatus, executions: Executions, sightings: DatabaseSightings) {
    this.handle = handle;
    this.executions = executions;
    this.#status = status;
    this.#sightings = sightings;
  }

  static async open(): Promise<DrillLab> {
    const handle = await startLab();
    try {
      const status = await handle.status();
      const lab = new DrillLab(handle, status, await Executions.open(handle), await DatabaseSightings.of(handle));
      lab.#standing = await lab.databases();
      lab.#known = lab.#sightings.all();
      return lab;
    } catch (caught) {
      await handle.down();
      throw caught;
    }
  }

  async close(): Promise<void> {
    this.#sightings.close();
    await this.executions.close();
    await this.handle.down();
  }

  /** Everything that RDS shows now, in both regions. */
  async databases(): Promise<readonly string[]> {
    const { operator } = this.#status.endpoints;
    return (await Promise.all(REGIONS.map((region) => listDatabases(region, operator[region].rds)))).flat();
  }

  /** Waits until the source can be restored to some instant. */
  untilRestorable(): Promise<void> {
    const source = () => this.#sightings.all().find(({ cluster }) => cluster === SOURCE);
    return waitUntil('the source can be restored', () => source()?.restorableFrom != null, { timeoutMs: 60_000 });
  }

  /** Waits until the twin was asked for that change by that execution. */
  untilCalled(operation: string, executionId: string): Promise<void> {
    return waitUntil(
      `${operation} of ${executionId}`,
      () =>
        readTwinLog(this.#status.files.callLog).some(
          (call) => call.operation === operation && (call.target ?? '').startsWith(executionId),
        ),
      { timeoutMs: 60_000, everyMs: 30 },
    );
  }

  /** What does not hold of an execution that has ended: nothing may remain of it, nothing else may have been touched. */
  async complaints(executionId: string, from: number): Promise<readonly string[]> {
    const now = await this.databases();
    const seen = this.#sightings.all();
    const judged: Judged = judge({
      callLog: this.#status.files.callLog,
      from,
      executions: [executionId],
      before: this.#known,
      seen,
    });
    this.#known = seen;
    return [
      ...judged.strange.map((call) => `touched ${call}`),
      ...judged.notRemoved.map((call) => `never removed ${call}`),
      ...judged.unmarked.map((cluster) => `not marked ${cluster}`),
      ...now.filter((name) => !this.#standing.includes(name)).map((name) => `${name} is left`),
      ...this.#standing.filter((name) => !now.includes(name)).map((name) => `${name} is gone`),
    ];
  }
}
