import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../configuration/load-configuration.ts';
import type { LifeboatError } from '../../../domain/errors.ts';
import { validConfiguration, writeConfiguration } from './valid-configuration.ts';

const key = (region: string) => `arn:aws:kms:${region}:123456789012:key/11111111-1111-4111-8111-euwest100000`;
const placement = (region: string) => ({
  subnetGroup: 'booking-isolated',
  securityGroups: ['sg-0000000000000iso1'],
  parameterGroup: 'booking-aurora-postgresql18',
  kmsKey: key(region),
  instanceClass: 'db.r6g.large',
});
const bookings = {
  table: 'bookings',
  keyColumn: 'id',
  timestampColumn: 'created_at',
  settledAfterSeconds: 2,
  bucketSeconds: 10,
};
const drill = {
  id: 'pitr-restore',
  runbook: 'pitr-restore-drill',
  mode: 'drill',
  parameters: {},
  every: 'quarterly: first Tuesday 09:00 Europe/Paris',
  catchUpHours: 6,
};

/** Everything that restores, copies and the cold path need, after a test changed it. */
function withRestores(change: (own: ReturnType<typeof parts>) => void = () => undefined) {
  const own = parts();
  change(own);
  const base = validConfiguration();
  const { booking } = base.services;
  const regions = Object.fromEntries(
    Object.entries(booking.database.regions).map(([region, at]) => [region, { ...at, restore: own.restore[region] }]),
  );
  return {
    ...base,
    aws: { ...base.aws, endpoints: own.endpoints },
    ...(own.infrastructure && { infrastructure: own.infrastructure }),
    services: {
      booking: {
        ...booking,
        objectives: { ...booking.objectives, ...own.objectives },
        database: { ...booking.database, regions, validation: own.validation },
        schedules: own.schedules,
        backups: own.backups,
        coldRecovery: own.coldRecovery,
      },
    },
  };
}

function parts() {
  return {
    restore: { 'eu-west-1': placement('eu-west-1'), 'eu-west-3': placement('eu-west-3') } as Record<
      string,
      ReturnType<typeof placement>
    >,
    validation: {
      deadlineSeconds: 60,
      tables: [bookings, { ...bookings, table: 'reminders' }],
      invariants: [{ id: 'no-double-canary', says: 'no canary twice', sql: 'select 1 where false' }],
    },
    objectives: { restoreSeconds: 1_800, exposureSeconds: 86_400 } as Record<string, unknown>,
    schedules: [
      { ...drill },
      { ...drill, id: 'snapshot-copy', runbook: 'snapshot-copy', mode: 'live', every: 'daily: 04:30 Europe/Paris' },
    ] as Record<string, unknown>[],
    backups: { retentionDaysAtLeast: 7, copies: { keep: 3, validateEvery: 7 } } as Record<string, unknown>,
    infrastructure: { binary: 'bin/tofu' } as { binary: string } | undefined,
    coldRecovery: { infrastructureFolder: 'recovery', variables: { replicas: '3' } } as Record<string, unknown>,
    endpoints: { 'eu-west-3': { kms: 'http://127.0.3.30:4566' } } as Record<string, Record<string, string>>,
  };
}

async function saidOf(content: unknown): Promise<string> {
  const refused = await loadConfiguration(await writeConfiguration(content)).catch((caught: unknown) => caught);
  expect((refused as LifeboatError).shape).toMatchObject({ code: 'DR_CONFIG_INVALID' });
  return (refused as LifeboatError).message;
}

describe('a configuration with drills, copies and a cold path', () => {
  it('is loaded with absolute paths and with parameters that were left out', async () => {
    const path = await writeConfiguration(
      withRestores(({ schedules }) => {
        delete schedules[0]!['parameters'];
      }),
    );
    const loaded = await loadConfiguration(path);
    const booking = loaded.services['booking']!;
    expect(loaded.infrastructure!.binary).toMatch(/^\/.*\/bin\/tofu$/);
    expect(booking.coldRecovery!.infrastructureFolder).toMatch(/^\/.*\/recovery$/);
    expect(booking.schedules).toEqual([drill, expect.objectContaining({ id: 'snapshot-copy' })]);
    expect(booking.database.regions['eu-west-3']!.restore).toEqual(placement('eu-west-3'));
    expect(booking.objectives).toEqual({
      rtoSeconds: 900,
      rpoSeconds: 60,
      restoreSeconds: 1_800,
      exposureSeconds: 86_400,
    });
  });

  it('looks a bare name of a binary up where programs are', async () => {
    const path = await writeConfiguration(
      withRestores((own) => {
        own.infrastructure = { binary: 'tofu' };
      }),
    );
    expect((await loadConfiguration(path)).infrastructure).toEqual({ binary: 'tofu' });
  });
});

type Change = Parameters<typeof withRestores>[0];
const everyIs =
  (every: string): Change =>
  ({ schedules }) => {
    schedules[1]!['every'] = every;
  };
const every = 'services.booking.schedules[1].every';

describe('refuses and names field, value and expectation', () => {
  it.each<[string, Change, string]>([
    ['a line that is no schedule', everyIs('now and then'), `${every}: is "now and then", must be one of the forms`],
    [
      'the last weekday of a month, which no calendar of Temporal says',
      everyIs('monthly: last Friday 09:00 Europe/Paris'),
      `${every}: says 'last', must be one of first, second, third, fourth`,
    ],
    [
      'a time zone nobody knows',
      everyIs('daily: 04:30 Europe/Atlantis'),
      `${every}: has the time zone 'Europe/Atlantis', must be a time zone such as`,
    ],
    [
      'a zone spelt otherwise than the server knows it',
      everyIs('daily: 04:30 europe/paris'),
      `${every}: has the time zone 'europe/paris', must be 'Europe/Paris'`,
    ],
    [
      'an hour that is skipped in spring',
      everyIs('daily: 02:30 Europe/Paris'),
      'a time that comes never when the clocks change',
    ],
    [
      'an hour that is repeated in autumn, in another zone',
      everyIs('cron: 15 1 * * * America/New_York'),
      'a time that comes twice when the clocks change',
    ],
    [
      'a day that there is not',
      everyIs('cron: 0 9 30 2 * Europe/Paris'),
      'which never comes, must be a day that there is',
    ],
    [
      'catching up for longer than until the next run',
      ({ schedules }) => {
        schedules[1]!['catchUpHours'] = 30;
      },
      'services.booking.schedules[1].catchUpHours: is 30, must be at most 24',
    ],
    [
      'two schedules of one id',
      ({ schedules }) => {
        schedules[1]!['id'] = 'pitr-restore';
      },
      "services.booking.schedules[1].id: is 'pitr-restore' again",
    ],
    [
      'a schedule that would run dry',
      ({ schedules }) => {
        schedules[0]!['mode'] = 'dry_run';
      },
      'services.booking.schedules[0].mode: is "dry_run", must be one of drill, live',
    ],
    [
      'a misspelt key of a schedule',
      ({ schedules }) => {
        schedules[0]!['catchupHours'] = 6;
      },
      "services.booking.schedules[0].catchupHours: is not a known key, must be left out or renamed (did you mean 'catchUpHours'?)",
    ],
    [
      'a key of another region',
      ({ restore }) => {
        restore['eu-west-3'] = placement('eu-west-1');
      },
      'services.booking.database.regions.eu-west-3.restore.kmsKey: is a key of eu-west-1, must be the ARN of a key in eu-west-3',
    ],
    [
      'a restore into the default security group',
      ({ restore }) => {
        restore['eu-west-3'] = { ...placement('eu-west-3'), securityGroups: [] };
      },
      'restore.securityGroups: is empty, must be a list of at least one',
    ],
    [
      'a validation that compares nothing',
      ({ validation }) => {
        validation.tables = [];
      },
      'services.booking.database.validation.tables: is empty',
    ],
    [
      'a table twice',
      ({ validation }) => {
        validation.tables[1] = bookings;
      },
      "services.booking.database.validation.tables[1].table: is 'bookings' again",
    ],
    [
      'an invariant that would change something',
      ({ validation }) => {
        validation.invariants[0]!.sql = 'delete from bookings';
      },
      'services.booking.database.validation.invariants[0].sql: is "delete from bookings", must be one query',
    ],
    [
      'two statements as one invariant',
      ({ validation }) => {
        validation.invariants[0]!.sql = 'select 1; drop table bookings';
      },
      'must be one query',
    ],
    [
      'no copies to keep',
      ({ backups }) => {
        backups['copies'] = { keep: 0, validateEvery: 7 };
      },
      'services.booking.backups.copies.keep: is 0, must be a whole number of copies from 1 to 100',
    ],
    [
      'a negative objective',
      ({ objectives }) => {
        objectives['restoreSeconds'] = -1;
      },
      'services.booking.objectives.restoreSeconds: is -1, must be a whole number of seconds',
    ],
    [
      'a cold path without a binary to bring it up',
      (own) => {
        own.infrastructure = undefined;
      },
      "infrastructure: is missing, and services.booking.coldRecovery needs it, must be a mapping with 'binary'",
    ],
    [
      'an endpoint that is no address',
      ({ endpoints }) => {
        endpoints['eu-west-3'] = { kms: 'kms' };
      },
      'aws.endpoints.eu-west-3.kms: is "kms", must be an http or https URL',
    ],
  ])('%s', async (_title, change, says) => {
    const said = await saidOf(withRestores(change));
    expect(said).toContain(says);
    expect(said).toContain('has 1 problem:');
  });

  it('never repeats a variable of the recovery stack, which may be a secret', async () => {
    const said = await saidOf(
      withRestores(({ coldRecovery }) => {
        coldRecovery['variables'] = { token: 4711 };
      }),
    );
    expect(said).toContain('coldRecovery.variables.token: is a number (not shown), must be text');
  });
});
