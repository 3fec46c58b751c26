import { setTimeout as delay } from 'node:timers/promises';
import { type Client, type ScheduleHandle, ScheduleNotFoundError } from '@temporalio/client';
import { LifeboatError, shapeOf } from '../domain/errors.ts';
import { scheduleIdOf } from '../domain/ids.ts';
import { planSteps } from '../domain/plan.ts';
import type { Configuration, Service, ServiceSchedule } from '../domain/service.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';
import { measureExposure } from '../runbooks/actions/measure/exposure.ts';
import { measureRestore } from '../runbooks/actions/measure/restore.ts';
import { compilePlan } from '../runbooks/language/compile-plan.ts';
import { runbookById } from '../runbooks/registry.ts';
import type {
  LifeboatSchedules,
  ScheduleInTemporal,
  ScheduleList,
  ScheduleName,
  ScheduleView,
} from './lifeboat-schedules.ts';
import { matchingTimes, previousTime } from './matching-times.ts';
import { found, idOf, isCurrent, missing } from './schedule-handle.ts';
import { scheduleHistory } from './schedule-history.ts';
import { scheduleTrend } from './schedule-trend.ts';
import { TRIGGER_MS, triggerSchedule } from './trigger-schedule.ts';

/** Runs work against Temporal with a deadline, and throws `LifeboatError`s. */
export type CallTemporal = <Result>(work: (client: Client) => Promise<Result>, deadlineMs?: number) => Promise<Result>;

/** How long a schedule that was resumed is looked at: Temporal may lose one that was paused for long in that moment. */
const STAYS_MS = 3_000;
/** A worker looks for missing schedules every minute. */
const MADE_ANEW_MS = 75_000;
const LOOK_MS = 250;

const MISSING: ScheduleInTemporal = {
  state: 'missing',
  paused: false,
  note: null,
  createdAt: null,
  nextAt: null,
  previousDueAt: null,
};

/** Declared schedules over Temporal for when they fire, and over the ledger for what came of it. */
export class TemporalSchedules implements LifeboatSchedules {
  readonly #configuration: Configuration;
  readonly #ledger: LedgerReader;
  readonly #call: CallTemporal;

  constructor(configuration: Configuration, ledger: LedgerReader, call: CallTemporal) {
    this.#configuration = configuration;
    this.#ledger = ledger;
    this.#call = call;
  }

  async list(most: number): Promise<ScheduleList> {
    const services = Object.values(this.#configuration.services).filter(({ schedules }) => schedules?.length);
    const fromLedger = Promise.all(services.map((service) => this.#told(service, most)));
    const declared = services.flatMap((service) => service.schedules!.map((schedule) => ({ service, schedule })));
    const [told, standing] = await Promise.all([
      fromLedger,
      this.#call((client) => Promise.all(declared.map((one) => this.#standing(client, one)))).catch((caught) =>
        shapeOf(caught),
      ),
    ]);
    const answered = 'code' in standing ? null : standing;
    const schedules = told.flat().map((view, index) => ({ ...view, temporal: answered?.[index] ?? null }));
    return { schedules, temporalUnknown: 'code' in standing ? standing : null };
  }

  async next(name: ScheduleName, from: Date, to: Date): Promise<readonly string[]> {
    this.#declared(name);
    return this.#call(async (client) => {
      const { namespace } = this.#configuration.temporal;
      const times = await matchingTimes(client, { namespace, scheduleId: idOf(name) }, from, to);
      if (times === null) throw missing(name, 'Temporal has no schedule');
      return times.map((at) => at.toISOString());
    });
  }

  async trigger(name: ScheduleName) {
    const declared = this.#declared(name);
    return this.#call((client) => triggerSchedule(client, name, declared), TRIGGER_MS);
  }

  async pause(name: ScheduleName, person: string, reason: string): Promise<void> {
    this.#declared(name);
    await this.#patch(name, (handle) => handle.pause(`${person}: ${reason}`));
  }

  async resume(name: ScheduleName, person: string, reason: string) {
    this.#declared(name);
    const before = await this.#madeAt(name);
    await this.#patch(name, (handle) => handle.unpause(`${person}: ${reason}`));
    const until = Date.now() + STAYS_MS;
    let madeAt = before;
    while (madeAt === before && Date.now() < until) {
      await delay(LOOK_MS);
      madeAt = await this.#madeAt(name);
    }
    if (madeAt === null && !(await this.#comesBack(name))) {
      throw missing(name, 'it vanished when it was resumed: Temporal has no schedule');
    }
    return { madeAnew: madeAt !== before };
  }

  async #comesBack(name: ScheduleName): Promise<boolean> {
    for (const until = Date.now() + MADE_ANEW_MS; Date.now() < until; await delay(LOOK_MS)) {
      if ((await this.#madeAt(name)) !== null) return true;
    }
    return false;
  }

  /** When it was made, which tells one that was made anew from the one before; `null` when it is not there. */
  #madeAt(name: ScheduleName): Promise<number | null> {
    return this.#call(async (client) => {
      const description = await found(client.schedule.getHandle(idOf(name)));
      return description?.info.createdAt.getTime() ?? null;
    });
  }

  async #patch(name: ScheduleName, change: (handle: ScheduleHandle) => Promise<void>): Promise<void> {
    await this.#call(async (client) => {
      try {
        await change(client.schedule.getHandle(idOf(name)));
      } catch (caught) {
        if (caught instanceof ScheduleNotFoundError) throw missing(name, 'Temporal has no schedule');
        throw caught;
      }
    });
  }

  async #told(service: Service, most: number): Promise<readonly Omit<ScheduleView, 'temporal'>[]> {
    const { environment } = this.#configuration;
    const declared = service.schedules ?? [];
    const schedules = declared.map(({ id }) => id);
    const history = await scheduleHistory(this.#ledger, { environment, service: service.name, schedules, most });
    return declared.map((schedule) => {
      const plan = planNow(service, schedule);
      const executions = history.executions.get(schedule.id) ?? [];
      const restores = 'digest' in plan && plan.measures === 'restore';
      const targetSeconds = (restores && service.objectives.restoreSeconds) || null;
      return {
        service: service.name,
        schedule,
        objectives: service.objectives,
        executions,
        lastPassed: history.lastPassed.get(schedule.id) ?? null,
        newestCopy: history.newestCopy,
        targetSeconds,
        trend: scheduleTrend(schedule, executions, targetSeconds),
        plan,
      };
    });
  }

  async #standing(
    client: Client,
    { service, schedule }: { readonly service: Service; readonly schedule: ServiceSchedule },
  ): Promise<ScheduleInTemporal> {
    const scheduleId = scheduleIdOf(service.name, schedule.id);
    const description = await found(client.schedule.getHandle(scheduleId));
    if (!description) return MISSING;
    const { state, info } = description;
    const { namespace } = this.#configuration.temporal;
    const previous = await previousTime(client, { namespace, scheduleId }, schedule, info.createdAt);
    return {
      state: isCurrent(description, schedule) ? 'declared' : 'outdated',
      paused: state.paused,
      note: state.note || null,
      createdAt: info.createdAt.toISOString(),
      nextAt: info.nextActionTimes[0]?.toISOString() ?? null,
      previousDueAt: previous?.toISOString() ?? null,
    };
  }

  #declared(name: ScheduleName): ServiceSchedule {
    const schedules = this.#configuration.services[name.service]?.schedules ?? [];
    const declared = schedules.find(({ id }) => id === name.id);
    if (declared) return declared;
    throw new LifeboatError('DR_SCHEDULE_UNKNOWN', `${name.service} declares no schedule '${name.id}'`, {
      field: 'schedule',
      expected: schedules.map(({ id }) => id),
      actual: name.id,
    });
  }
}

function planNow(service: Service, { runbook, parameters }: ServiceSchedule): ScheduleView['plan'] {
  try {
    const plan = compilePlan({ runbook: runbookById(runbook), service, parameters });
    const actions = planSteps(plan).map(({ action }) => action);
    const measures = actions.includes(measureExposure.id)
      ? 'exposure'
      : actions.includes(measureRestore.id)
        ? 'restore'
        : null;
    return { digest: plan.digest, measures };
  } catch (caught) {
    return { error: shapeOf(caught) };
  }
}
