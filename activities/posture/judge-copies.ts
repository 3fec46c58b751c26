import type { z } from 'zod';
import type { postureBackups } from '../../runbooks/actions/posture/backups.ts';
import type { Finding } from '../../runbooks/actions/posture/findings.ts';
import type { Heard } from '../clients/heard.ts';
import type { UsableCopy } from '../snapshot/copies.ts';
import { type Check, fine, found, judged, unknown } from './check.ts';
import { secondsSince, spell } from './spell.ts';

type Input = z.output<typeof postureBackups.input>;
type Copy = Pick<UsableCopy, 'id' | 'dataTime' | 'validatedAt'>;

const startCopy = (service: string, more: string): string =>
  `lifeboat start snapshot-copy --service ${service}${more} --purpose maintenance --reason posture`;

const ageOf = ({ service, recoveryRegion }: Input): Check => ({
  id: 'backups:copy-age',
  about: `how old the newest copy in ${recoveryRegion} is`,
  severity: 'critical',
  why: 'When the region and its backups are both gone, the service comes back with the newest copy and nothing younger.',
  remedy: `Make a copy now: ${startCopy(service, '')}`,
});

const validationOf = ({ service, recoveryRegion }: Input): Check => ({
  id: 'backups:copy-validated',
  about: `whether a copy in ${recoveryRegion} was ever restored`,
  severity: 'warning',
  why: 'A copy that was never restored is a hypothesis.',
  remedy: `Make a copy, restore and validate it: ${startCopy(service, ' --param validate=always')}`,
});

/** Whether the newest copy is young enough, and any was ever restored and found whole. */
export function judgeCopies(input: Input, seen: Heard<readonly Copy[]>, now: string): Finding[] {
  if (!seen.answered) return [ageOf(input), validationOf(input)].map((check) => unknown(check, seen.because));
  const [newest] = seen.value;
  if (!newest) return [found(ageOf(input), `${input.recoveryRegion} holds no copy`)];
  return [judgeAge(input, newest, now), judgeValidated(input, seen.value)];
}

function judgeAge(input: Input, { id, dataTime }: Copy, now: string): Finding {
  const most = input.exposureAtMostSeconds;
  const age = secondsSince(dataTime, now);
  const what = `the data in the newest copy (${id}) is ${spell(age)} old`;
  if (most !== null) return judged(ageOf(input), age <= most, `${what}, at most ${spell(most)} is wanted`);
  const remedy = 'Declare `objectives.exposureSeconds` in the configuration of the service.';
  return unknown(ageOf(input), `${what}, and the service declares no limit`, remedy);
}

function judgeValidated(input: Input, copies: readonly Copy[]): Finding {
  const check = validationOf(input);
  const whole = copies.find((copy) => copy.validatedAt !== null);
  if (whole) return fine(check, `${whole.id} was restored and found whole at ${whole.validatedAt}`);
  const all = copies.length === 1 ? 'the only copy was not' : `none of ${copies.length} copies was`;
  return found(check, `${all} restored and found whole`);
}
