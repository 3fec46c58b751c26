import { type Call, call, done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { TAG } from '../../runbooks/actions/restore/naming.ts';
import { markValidated as contract } from '../../runbooks/actions/snapshot/mark-validated.ts';
import { implement } from '../attempt/implement.ts';
import { findSnapshot } from '../restore/look-up.ts';
import { instantOf, tagsOf } from '../restore/tags.ts';

export const markValidated = implement(contract, {
  observe: (clients, { region, snapshot }) => findSnapshot(clients, region, snapshot),
  decide({ region, snapshot, snapshotArn, validatedAt }, found, acted, { mode, observedAt }) {
    const output = { markedAt: observedAt };
    const mark: Call = {
      service: 'rds',
      operation: 'AddTagsToResource',
      region,
      target: `${snapshot} ${TAG.validatedAt}`,
      input: { ResourceName: snapshotArn, Tags: [{ Key: TAG.validatedAt, Value: validatedAt }] },
    };
    if (!found) {
      return mode === 'dry_run'
        ? wait('the copy will be there by then', output, [mark])
        : refuse(
            errorShape('DR_SNAPSHOT_MISSING', `copy ${snapshot} is not in ${region} any more`, {
              field: snapshot,
              expected: 'available',
              actual: null,
            }),
          );
    }
    const marked = instantOf(tagsOf(found), TAG.validatedAt);
    // A later validation of the same copy counts as well as this one.
    if (marked !== null && marked >= new Date(validatedAt).toISOString()) return done(output);
    return acted
      ? wait(`the tag on ${snapshot} is not to be seen yet`, output)
      : call([mark], `nothing on ${snapshot} says that it was found whole`, output);
  },
});
