import { type Call, call, done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { TAG } from '../../runbooks/actions/restore/naming.ts';
import { markCopy as contract } from '../../runbooks/actions/snapshot/mark-copy.ts';
import { implement } from '../attempt/implement.ts';
import { findSnapshot } from '../restore/look-up.ts';
import { instantOf, tagsOf } from '../restore/tags.ts';

const TAG_OF = { validation_begun: TAG.validationBegunAt, validated: TAG.validatedAt } as const;

export const markCopy = implement(contract, {
  observe: (clients, { region, snapshot }) => findSnapshot(clients, region, snapshot),
  decide({ region, snapshot, snapshotArn, mark, at }, found, acted, { mode, observedAt }) {
    const output = { mark, markedAt: observedAt };
    const tag = TAG_OF[mark];
    const marking: Call = {
      service: 'rds',
      operation: 'AddTagsToResource',
      region,
      target: `${snapshot} ${tag}`,
      input: { ResourceName: snapshotArn, Tags: [{ Key: tag, Value: at }] },
    };
    if (!found) {
      return mode === 'dry_run'
        ? wait('the copy will be there by then', output, [marking])
        : refuse(
            errorShape('DR_SNAPSHOT_MISSING', `copy ${snapshot} is not in ${region} any more`, {
              field: snapshot,
              expected: 'available',
              actual: null,
            }),
          );
    }
    const marked = instantOf(tagsOf(found), tag);
    // A later look into the same copy counts as well as this one.
    if (marked !== null && marked >= new Date(at).toISOString()) return done(output);
    return acted
      ? wait(`the tag on ${snapshot} is not to be seen yet`, output)
      : call([marking], `nothing on ${snapshot} says so yet`, output);
  },
});
