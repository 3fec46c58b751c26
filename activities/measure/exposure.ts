import { done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import type { Actual } from '../../domain/objective.ts';
import { measureExposure } from '../../runbooks/actions/measure/exposure.ts';
import { implement } from '../attempt/implement.ts';
import { seeCopies, usableCopies } from '../snapshot/copies.ts';
import { nobodyWasWithout } from './nobody-was-without.ts';
import { secondsBetween } from './seconds-between.ts';

export const exposure = implement(measureExposure, {
  observe: (clients, { region, cluster }, { service }) =>
    seeCopies(clients, { region, cluster, service: service.name }),
  decide(input, copies, _acted, { mode, observedAt }) {
    const [newest] = usableCopies(copies);
    if (!newest) {
      return mode === 'dry_run'
        ? wait(`${input.region} has no usable copy of ${input.cluster} yet: the figure exists once there is one`)
        : refuse(
            errorShape('DR_SNAPSHOT_MISSING', `${input.region} has no usable copy of ${input.cluster}`, {
              field: input.cluster,
              expected: 'an available copy with a data time',
              actual: copies.length,
            }),
          );
    }
    const own = (input.snapshotSeconds ?? 0) + input.copySeconds;
    // An automated snapshot was some hours old when its copy began; the next one will be as old.
    const behind = Math.max(own, secondsBetween(newest.dataTime, input.copiedAt));
    const actual: Actual = {
      ...nobodyWasWithout('a copy beside the running service'),
      method: `age of the data in the newest usable copy in ${input.region}`,
      ...(input.restore && { restore: input.restore }),
      copy: {
        copySeconds: input.copySeconds,
        dataTime: newest.dataTime,
        exposureSeconds: Math.max(0, secondsBetween(newest.dataTime, observedAt)),
        worstExposureSeconds: input.intervalSeconds === null ? null : input.intervalSeconds + behind,
        newestCopy: newest.id,
      },
    };
    return mode === 'dry_run' ? wait('the figure will be that of the new copy', actual) : done(actual);
  },
});
