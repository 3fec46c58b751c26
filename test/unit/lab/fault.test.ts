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
});
