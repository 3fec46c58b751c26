import { done } from '../../domain/action.ts';
import { type LookedAtSchedule, postureDrills } from '../../runbooks/actions/posture/drills.ts';
import type { Finding } from '../../runbooks/actions/posture/findings.ts';
import { implement } from '../attempt/implement.ts';
import type { PastDrill } from '../clients/clients.ts';
import type { Heard } from '../clients/heard.ts';
import { type Check, found, judged, unknown } from './check.ts';
import { look } from './look.ts';
import { secondsSince, spell } from './spell.ts';

const NONE_DECLARED: Check = {
  id: 'drills:declared',
  about: 'whether drills are declared',
  severity: 'warning',
  why: 'What nobody rehearses does not work on the night it counts.',
  remedy: 'Declare `schedules` in the configuration of the service: a restore drill every quarter, a copy every day.',
};

export const drills = implement(postureDrills, {
  observe: (clients, { service }) => look('the ledger', clients.drillHistory(service)),
  decide: ({ service, schedules }, history, _acted, { observedAt }) =>
    done({
      findings:
        schedules.length === 0
          ? [found(NONE_DECLARED, 'the service declares no schedules')]
          : schedules.map((schedule) => judge(service, schedule, history, observedAt)),
      lookedAt: observedAt,
    }),
});

function judge(
  service: string,
  schedule: LookedAtSchedule,
  history: Heard<readonly PastDrill[]>,
  now: string,
): Finding {
  const { id, runbook, every, currentForSeconds } = schedule;
  const check: Check = {
    id: `drills:${id}`,
    about: `when ${id} last passed`,
    severity: 'warning',
    why: `It is declared “${every}”: after longer than that nobody knows whether ${runbook} still works.`,
    remedy: `When it is convenient: lifeboat drill run ${id} --service ${service}`,
  };
  if (!history.answered) return unknown(check, history.because);
  const own = history.value
    .filter((one) => one.schedule === id)
    .sort((one, other) => Date.parse(other.endedAt) - Date.parse(one.endedAt));
  const [newest] = own;
  const passed = own.find(({ outcome }) => outcome === 'succeeded');
  const last = newest && newest !== passed ? `; the newest run ${newest.outcome}` : '';
  if (!passed) return found(check, newest ? `${id} has never passed${last}` : `${id} has never run`);
  const age = secondsSince(passed.endedAt, now);
  return judged(check, age <= currentForSeconds, `${id} last passed ${spell(age)} ago${last}`);
}
