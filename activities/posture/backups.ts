import type { DBCluster } from '@aws-sdk/client-rds';
import type { z } from 'zod';
import { done } from '../../domain/action.ts';
import { postureBackups } from '../../runbooks/actions/posture/backups.ts';
import type { Finding } from '../../runbooks/actions/posture/findings.ts';
import { implement } from '../attempt/implement.ts';
import type { Heard } from '../clients/heard.ts';
import { findCluster } from '../restore/look-up.ts';
import { seeCopies, usableCopies } from '../snapshot/copies.ts';
import { type Check, fine, found, judged, unknown } from './check.ts';
import { judgeCopies } from './judge-copies.ts';
import { look } from './look.ts';
import { secondsSince, spell } from './spell.ts';

type Input = z.output<typeof postureBackups.input>;

const ON: Check = {
  id: 'backups:on',
  about: 'whether automated backups are on',
  severity: 'critical',
  why: 'Without backups a bad deploy or a deleted table cannot be taken back: replication copies the damage at once.',
  remedy: 'Turn automated backups on (ModifyDBCluster, BackupRetentionPeriod) and wait until the first is complete.',
};
const RETENTION: Check = {
  id: 'backups:retention',
  about: 'how long automated backups are kept',
  severity: 'critical',
  why: 'Damage that is noticed later than the oldest backup reaches back cannot be undone.',
  remedy: 'Raise BackupRetentionPeriod of the cluster to what the service declares.',
};
const RESTORABLE: Check = {
  id: 'backups:restorable',
  about: 'up to when the database can be restored',
  severity: 'critical',
  why: 'What was written after the newest restorable instant is lost in a restore.',
  remedy: 'Look in the cluster’s events for what holds its backups up.',
};
export const backups = implement(postureBackups, {
  async observe(clients, { service, region, cluster, recoveryRegion }) {
    const [seen, copies] = await Promise.all([
      look(`RDS in ${region}`, findCluster(clients, region, cluster)),
      look(`RDS in ${recoveryRegion}`, seeCopies(clients, { region: recoveryRegion, service }).then(usableCopies)),
    ]);
    return { cluster: seen, copies };
  },
  decide: (input, { cluster, copies }, _acted, { observedAt }) =>
    done({
      findings: [...judgeBackups(input, cluster, observedAt), ...judgeCopies(input, copies, observedAt)],
      lookedAt: observedAt,
    }),
});

function judgeBackups(input: Input, seen: Heard<DBCluster | null>, now: string): Finding[] {
  const checks = [ON, RETENTION, RESTORABLE];
  if (!seen.answered) return checks.map((check) => unknown(check, seen.because));
  if (seen.value === null) return [found(ON, `there is no cluster ${input.cluster} in ${input.region}`)];
  const { BackupRetentionPeriod: days = 0, EarliestRestorableTime: from, LatestRestorableTime: to } = seen.value;
  if (days === 0) return [found(ON, `automated backups of ${input.cluster} are off`)];
  return [
    fine(ON, `automated backups of ${input.cluster} are on`),
    judgeRetention(input, days),
    judgeWindow(input, from, to, now),
  ];
}

function judgeRetention({ retentionDaysAtLeast }: Input, days: number): Finding {
  if (retentionDaysAtLeast === null) {
    return unknown(
      RETENTION,
      `${days} days is held against nothing: the service declares no minimum`,
      'Declare `backups.retentionDaysAtLeast` in its configuration.',
    );
  }
  return judged(
    RETENTION,
    days >= retentionDaysAtLeast,
    `backups are kept ${days} days, at least ${retentionDaysAtLeast} declared`,
  );
}

function judgeWindow(
  { restorableAgeAtMostSeconds: most }: Input,
  from: Date | undefined,
  to: Date | undefined,
  now: string,
): Finding {
  if (!from || !to)
    return found(
      RESTORABLE,
      'no instant can be restored: no backup is complete yet',
      'Wait until the first backup is complete, then look again.',
    );
  const age = secondsSince(to, now);
  return judged(
    RESTORABLE,
    age <= most,
    `restorable from ${from.toISOString()} up to ${spell(age)} ago (at most ${spell(most)})`,
  );
}
