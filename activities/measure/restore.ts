import { done, wait } from '../../domain/action.ts';
import type { Actual, MeasuredRestore } from '../../domain/objective.ts';
import { measureRestore } from '../../runbooks/actions/measure/restore.ts';
import { implement } from '../attempt/implement.ts';
import { nobodyWasWithout } from './nobody-was-without.ts';
import { secondsBetween } from './seconds-between.ts';

export const restore = implement(measureRestore, {
  observe: async () => null,
  decide(input, _seen, _acted, { mode }) {
    const { restoreRequestedAt, validatedAt, restoredTo, firstLookAt, latestAtFirstLook, newestCanaryAt, sizeBytes } =
      input;
    const restoreSeconds = Math.max(0, secondsBetween(restoreRequestedAt, validatedAt));
    const measured: MeasuredRestore = {
      requestedAt: restoreRequestedAt,
      validatedAt,
      restoreSeconds,
      restoredTo,
      recoveryPointSeconds:
        firstLookAt === null || latestAtFirstLook === null
          ? null
          : Math.max(0, secondsBetween(latestAtFirstLook, firstLookAt)),
      precisionSeconds: newestCanaryAt === null ? null : secondsBetween(newestCanaryAt, restoredTo),
      sizeBytes,
      bytesPerSecond: sizeBytes === null || restoreSeconds === 0 ? null : sizeBytes / restoreSeconds,
    };
    const actual: Actual = {
      ...nobodyWasWithout('a restore beside the running service'),
      method: 'restore asked for until validated',
      restore: measured,
    };
    return mode === 'dry_run' ? wait('the figures exist once something was restored', actual) : done(actual);
  },
});
