import { expect, test } from 'vitest';
import { parseFault } from '../../../lab/supervisor/fault.ts';

test('refuses a fault it does not know, and names the field and what it expects there', () => {
  const refused = (value: unknown) => {
    try {
      parseFault(value);
    } catch (caught) {
      return (caught as { shape: unknown }).shape;
    }
    throw new Error('it was accepted');
  };
  expect(refused({ kind: 'flood' })).toMatchObject({ code: 'DR_LAB_FAULT_UNKNOWN', field: 'kind' });
  expect(refused({ kind: 'lose', region: 'eu-west-2', as: 'refuse' })).toMatchObject({
    field: 'region',
    expected: 'one of eu-west-1, eu-west-3',
  });
  expect(refused({ kind: 'lose', region: 'eu-west-1', as: 'smoke' })).toMatchObject({ field: 'as' });
  expect(refused({ kind: 'replication-delay', ms: -1 })).toMatchObject({ field: 'ms' });
  expect(refused({ kind: 'partition', region: 'eu-west-1', gently: true })).toMatchObject({
    code: 'DR_LAB_FAULT_UNKNOWN',
  });
  expect(refused({ kind: 'backups', what: 'burn' })).toMatchObject({ field: 'what' });
  expect(refused({ kind: 'backups', what: 'damage-next-restore' })).toMatchObject({ field: 'sql' });
  expect(refused({ kind: 'backups', what: 'missing-segment', sql: 'select 1' })).toMatchObject({ field: 'sql' });
  const call = { kind: 'calls', service: 'rds', operation: 'DeleteDBCluster', effect: 'lost_reply' };
  expect(refused({ ...call, service: 'ec2' })).toMatchObject({ field: 'service' });
  expect(refused({ ...call, effect: 'smoke' })).toMatchObject({ field: 'effect' });
  expect(refused({ ...call, probability: 2 })).toMatchObject({ field: 'probability' });
  expect(refused({ ...call, probability: 0.5, times: 1 })).toMatchObject({ field: 'times' });
  expect(refused({ kind: 'copy', failsAtPercent: 120 })).toMatchObject({ field: 'failsAtPercent' });
  expect(refused({ kind: 'placement', what: 'nowhere' })).toMatchObject({ field: 'what' });
});

test('takes each way of spoiling backups, calls, copies and placements', () => {
  const sql = 'delete from bookings';
  const accepted = [
    { kind: 'backups', what: 'corrupt-archive' },
    { kind: 'backups', what: 'damage-next-restore', sql },
    { kind: 'calls', service: 'rds', operation: 'CreateDBInstance', effect: 'lost_reply', times: 1 },
    { kind: 'calls', service: 'kms', operation: '*', effect: 'throttle', probability: 0.2, seed: 7 },
    { kind: 'copy', failsAtPercent: 80 },
    { kind: 'placement', what: 'wrong-key' },
  ];
  expect(accepted.map(parseFault)).toEqual(accepted);
});
