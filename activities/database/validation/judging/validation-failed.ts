import { type ErrorShape, errorShape } from '../../../../domain/errors.ts';
import type { Json } from '../../../../domain/json.ts';
import type { Validation } from '../../../../runbooks/actions/database/validate.ts';
import type { Check } from './check.ts';

const NAMED = 3;
/** More would not fit a record; the message says how many there are. */
const MOST_TOLD = 100;

/** The refusal that names what is wrong with a copy: the first few in words, all of them as data. */
export function validationFailed(
  { region, cluster, bookmark }: { readonly region: string; readonly cluster: string; readonly bookmark: unknown },
  { checks, passed }: Validation,
  failed: readonly Check[],
): ErrorShape {
  const named = failed
    .slice(0, NAMED)
    .map(
      ({ id, says, expected, found }) =>
        `${id}: ${says} (expected ${expected ?? 'nothing'}, found ${found ?? 'nothing'})`,
    );
  const more = failed.length > NAMED ? `; and ${failed.length - NAMED} more` : '';
  const verdict = bookmark === null ? 'is not whole' : 'is not what the source was';
  const ran = passed + failed.length + checks.filter(({ verdict: came }) => came === 'noticed').length;
  return errorShape(
    'DR_VALIDATION_FAILED',
    `${cluster} in ${region} ${verdict}: ${failed.length} of ${ran} checks failed. ${named.join('; ')}${more}`,
    {
      field: failed[0]?.id ?? cluster,
      expected: 'no check fails',
      actual: failed.slice(0, MOST_TOLD).map(({ id, says, expected, found }): Json => ({ id, says, expected, found })),
    },
  );
}
