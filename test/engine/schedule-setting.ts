import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection, type ScheduleDescription } from '@temporalio/client';
import { inject, onTestFinished, vi } from 'vitest';
import { TemporalLifeboatClient } from '../../client/temporal-lifeboat-client.ts';
import type { ScheduledStart } from '../../domain/execution.ts';
import { scheduleIdOf } from '../../domain/ids.ts';
import type { Configuration, ServiceSchedule } from '../../domain/service.ts';
import { EXAMPLE_SERVICE } from '../../runbooks/example-service.ts';
import { reconcileSchedules } from '../../worker/schedules/reconcile-schedules.ts';

export const posture: ServiceSchedule = {
  id: 'posture',
  runbook: 'posture',
  mode: 'drill',
  parameters: {},
  every: 'daily: 04:30 Europe/Paris',
  catchUpHours: 6,
};
export const quarterly: ServiceSchedule = {
  ...posture,
  id: 'quarterly',
  every: 'quarterly: first Tuesday 09:00 Europe/Paris',
};

/** A service of a test's own over the real Temporal server; its schedules are gone when the test is. */
export class ScheduleSetting {
  readonly temporal: Client;
  readonly service: string;
  /** Folder of the ledger. */
  readonly evidence: string;

  constructor(temporal: Client, service: string, evidence: string) {
    this.temporal = temporal;
    this.service = service;
    this.evidence = evidence;
  }

  static async open(): Promise<ScheduleSetting> {
    const connection = await Connection.connect({ address: inject('temporalAddress') });
    const evidence = await mkdtemp(join(tmpdir(), 'lifeboat-schedules-'));
    const own = new ScheduleSetting(new Client({ connection }), `service-${randomUUID().slice(0, 8)}`, evidence);
    onTestFinished(async () => {
      await own.reconcile();
      await connection.close();
      await rm(evidence, { recursive: true, force: true });
    });
    return own;
  }

  /** A configuration of this one service, in an environment of its own. */
  declaring(...schedules: ServiceSchedule[]): Configuration {
    const { service, evidence } = this;
    return {
      environment: service,
      temporal: { address: inject('temporalAddress'), namespace: 'default', taskQueue: `queue-${service}` },
      control: { evidence },
      services: { [service]: { ...EXAMPLE_SERVICE, name: service, schedules } },
    } as unknown as Configuration;
  }

  /** What was done and why, by schedule. */
  async reconcile(...schedules: ServiceSchedule[]): Promise<Record<string, string>> {
    const done = await reconcileSchedules(this.temporal, this.declaring(...schedules));
    return Object.fromEntries(
      done.map(({ scheduleId, did, because }) => [scheduleId.split('/').at(-1)!, because ? `${did}: ${because}` : did]),
    );
  }

  lifeboat(...schedules: ServiceSchedule[]): TemporalLifeboatClient {
    return this.client(this.declaring(...schedules));
  }

  client(configuration: Configuration): TemporalLifeboatClient {
    return new TemporalLifeboatClient(configuration, { get: async () => this.temporal, close: async () => undefined });
  }

  schedule(id = 'posture') {
    return this.temporal.schedule.getHandle(scheduleIdOf(this.service, id));
  }

  /** Loses the schedule in the moment in which it is resumed, as Temporal may lose one that was paused for long. */
  vanishingOnResume(id: string): void {
    const real = this.schedule(id);
    const losing = {
      ...real,
      unpause: async (note?: string) => {
        await real.unpause(note);
        await real.delete();
      },
    };
    const handles = this.temporal.schedule;
    const handleOf = handles.getHandle.bind(handles);
    vi.spyOn(handles, 'getHandle').mockImplementation((asked) =>
      asked === real.scheduleId ? losing : handleOf(asked),
    );
  }

  isGone(): Promise<boolean> {
    return this.schedule()
      .describe()
      .then(
        () => false,
        () => true,
      );
  }
}

export const startOf = ({ action }: ScheduleDescription) => (action.args as [ScheduledStart])[0];

export async function until<Value>(what: string, ask: () => Promise<Value | null | false>): Promise<Value> {
  for (const deadline = Date.now() + 15_000; Date.now() < deadline; ) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`never came: ${what}`);
}
