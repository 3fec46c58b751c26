import type { CallFaultRule } from '../aws/faults/call-faults.ts';
import type { RdsTwin } from '../aws/rds/rds-twin.ts';
import type { BackupFault } from '../backup/backups.ts';
import { otherKmsKeyArn, PROTECTED } from '../topology.ts';
import type { Fault } from './fault.ts';

type OfKind<Kind extends Fault['kind']> = Extract<Fault, { kind: Kind }>;

/** What was parsed has SQL exactly where it is needed. */
export function backupFault({ what, sql = '' }: OfKind<'backups'>): BackupFault {
  return what === 'damage-next-restore' ? { kind: what, sql } : { kind: what };
}

/** Has calls, copies or restores end badly. */
export function spoilControlPlane({ faults }: RdsTwin, fault: OfKind<'calls' | 'copy' | 'placement'>): void {
  if (fault.kind === 'calls') faults.calls.add(callFaultRule(fault));
  else if (fault.kind === 'copy') faults.copies.failNextAt(fault.failsAtPercent);
  else if (fault.what === 'default-security-group') faults.placements.next({ kind: 'ignore-security-groups' });
  else faults.placements.next({ kind: 'wrong-key', kmsKey: otherKmsKeyArn(fault.region ?? PROTECTED) });
}

function callFaultRule({
  service,
  operation,
  region,
  effect,
  times,
  probability,
  seed,
}: OfKind<'calls'>): CallFaultRule {
  return {
    service,
    operation,
    region: region ?? '*',
    kind: effect,
    times: times ?? null,
    ...(probability === undefined ? {} : { probability }),
    ...(seed === undefined ? {} : { seed }),
  };
}

export function healControlPlane({ faults }: RdsTwin): void {
  faults.calls.clear();
  faults.copies.clear();
  faults.placements.clear();
}

/** What is still to go wrong there. */
export const pendingFaults = ({ faults }: RdsTwin): readonly string[] => [
  ...faults.calls.rules.map(({ service, operation, kind, left, probability }) => {
    const often = probability === undefined ? (left === null ? 'every time' : `${left} more`) : `of ${probability}`;
    return `${service}:${operation}: ${kind}, ${often}`;
  }),
  ...faults.copies.pending.map((percent) => `a snapshot copy fails at ${percent} %`),
  ...faults.placements.pending.map(({ kind }) => `the next restore: ${kind}`),
];
