import { done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { checkSwitch as contract } from '../../runbooks/actions/dns/check-switch.ts';
import { implement } from '../attempt/implement.ts';
import { heard } from '../clients/heard.ts';
import { readObject } from '../traffic/read-object.ts';
import { addressesOf, readRecords, switchProblems, ttlOf } from './switch-records.ts';

/** The record store is far away and not needed for the move: it gets this long to answer. */
const RECORDS_MS = 2_000;

export const checkSwitch = implement(contract, {
  async observe(clients, input) {
    const [object, records] = await Promise.all([
      readObject(clients, input),
      heard('route53', RECORDS_MS, readRecords(clients, input.zone, input.name)),
    ]);
    return { object, records };
  },
  decide(input, { object, records }) {
    const common = {
      state: object ? ('recovery' as const) : ('protected' as const),
      etag: object?.etag ?? null,
    };
    if (!records.answered) {
      return done({
        ...common,
        records: 'unverified',
        ttlSeconds: null,
        recordedAddresses: { protected: [], recovery: [] },
        warnings: [`records not verified: ${records.because}`],
      });
    }
    const { primary, secondary, check } = records.value;
    const missing = switchProblems(input, records.value);
    if (missing.length > 0) {
      return refuse(
        errorShape('DR_SWITCH_NOT_READY', `the switch of ${input.name} cannot move traffic: ${missing.join('; ')}`, {
          field: input.name,
          expected: `failover records, the primary with an inverted health check on /${input.bucket}/${input.key}`,
          actual: check?.ResourcePath ?? null,
        }),
      );
    }
    const ttlSeconds = ttlOf(records.value);
    const warnings = [
      ...(ttlSeconds > input.ttlAtMostSeconds ? [`DNS TTL ${ttlSeconds} s, wants ≤ ${input.ttlAtMostSeconds}`] : []),
      ...(object ? ['the switch stands on recovery already'] : []),
    ];
    const recordedAddresses = { protected: addressesOf(primary), recovery: addressesOf(secondary) };
    return done({ ...common, records: 'verified', ttlSeconds, recordedAddresses, warnings });
  },
});
