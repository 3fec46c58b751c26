import type { z } from 'zod';
import { done } from '../../domain/action.ts';
import { postureDns } from '../../runbooks/actions/posture/dns.ts';
import type { Finding } from '../../runbooks/actions/posture/findings.ts';
import { implement } from '../attempt/implement.ts';
import type { Heard } from '../clients/heard.ts';
import { readRecords, type SeenRecords, switchProblems, ttlOf } from '../dns/switch-records.ts';
import { readObject } from '../traffic/read-object.ts';
import { type Check, found, judged, unknown } from './check.ts';
import { look } from './look.ts';

type Input = z.output<typeof postureDns.input>;

const RECORDS: Check = {
  id: 'dns:records',
  about: 'whether the DNS switch is there beforehand',
  severity: 'critical',
  why: 'Records cannot be counted on to be made on the night: the control plane of Route 53 stands in one region, us-east-1.',
  remedy: 'Create the failover records, the primary keyed to an inverted health check on the switch object.',
};
const TTL: Check = {
  id: 'dns:ttl',
  about: 'how long answers are cached',
  severity: 'warning',
  why: 'Customers go on asking the lost region for as long as they may keep its address.',
  remedy: 'Lower the TTL of both records.',
};
const SWITCH: Check = {
  id: 'dns:switch',
  about: 'on which side the switch stands',
  severity: 'warning',
  why: 'A switch that already stands on the recovery side moves nothing when it is thrown.',
  remedy: 'If the service serves from the protected region, delete the switch object; if not, plan the way back.',
};

export const dns = implement(postureDns, {
  async observe(clients, input) {
    const [object, records] = await Promise.all([
      look(`S3 in ${input.region}`, readObject(clients, input)),
      look('Route 53', readRecords(clients, input.zone, input.name)),
    ]);
    return { object, records };
  },
  decide: (input, { object, records }, _acted, { observedAt }) =>
    done({ findings: [...judgeRecords(input, records), judgeSwitch(object)], lookedAt: observedAt }),
});

function judgeRecords(input: Input, records: Heard<SeenRecords>): Finding[] {
  if (!records.answered) return [RECORDS, TTL].map((check) => unknown(check, records.because));
  const problems = switchProblems(input, records.value);
  const what = `the failover records of ${input.name} are there`;
  const switchable = problems.length === 0 ? judged(RECORDS, true, what) : found(RECORDS, problems.join('; '));
  if (!records.value.primary || !records.value.secondary) return [switchable];
  const ttl = ttlOf(records.value);
  const most = input.ttlAtMostSeconds;
  return [switchable, judged(TTL, ttl <= most, `answers may be cached ${ttl} s, at most ${most} s is wanted`)];
}

function judgeSwitch(object: Heard<{ readonly etag: string } | null>): Finding {
  if (!object.answered) return unknown(SWITCH, object.because);
  const side = object.value === null ? 'protected' : 'recovery';
  return judged(SWITCH, object.value === null, `the switch stands on the ${side} side`);
}
