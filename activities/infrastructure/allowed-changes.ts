import { type ErrorShape, errorShape } from '../../domain/errors.ts';
import type { InfrastructurePlan } from '../clients/clients.ts';
import { OUTPUT } from './plan-document.ts';

type Changes = InfrastructurePlan['changes'];

/** Types whose control plane stands in another region than the one that is brought up, which may be gone tonight. */
const ELSEWHERE: readonly { readonly type: RegExp; readonly what: string }[] = [
  { type: /^aws_iam_/, what: 'IAM, whose control plane is us-east-1' },
  { type: /^aws_(organizations|account|ssoadmin|identitystore)_/, what: 'account-wide identity' },
  { type: /^aws_route53_(?!resolver_|recovery)/, what: 'Route 53, whose control plane is us-east-1' },
  { type: /^aws_(cloudfront|shield|waf)_/, what: 'an edge service, whose control plane is us-east-1' },
  { type: /^aws_globalaccelerator_/, what: 'Global Accelerator, whose control plane is us-west-2' },
];

/** Changes that create or alter something; reading, and leaving as it is, are none. */
export const changing = (changes: Changes): Changes =>
  changes.filter(({ actions }) => actions.some((action) => action !== 'no-op' && action !== 'read'));

const isResource = ({ type }: Changes[number]): boolean => type !== OUTPUT;

/** Why a recovery must not do what the plan would do; `null` when it may. */
function judgeChanges(folder: string, changes: Changes): ErrorShape | null {
  const found = changing(changes)
    .filter(isResource)
    .flatMap(({ address, type, actions }) => {
      if (actions.includes('delete')) return [`${actions.includes('create') ? 'replace' : 'destroy'} ${address}`];
      if (actions.includes('forget')) return [`forget ${address}`];
      const elsewhere = ELSEWHERE.find((kind) => kind.type.test(type));
      return elsewhere ? [`${actions.join(' and ')} ${address} (${elsewhere.what})`] : [];
    });
  if (found.length === 0) return null;
  const named = `${found.slice(0, 8).join(', ')}${found.length > 8 ? ` and ${found.length - 8} more` : ''}`;
  return errorShape(
    'DR_INFRASTRUCTURE_FORBIDDEN',
    `${folder} would ${named}: a recovery only adds, in its own region`,
    {
      field: 'coldRecovery.infrastructureFolder',
      expected: 'resources of the recovery region that are created or updated',
      actual: found,
    },
  );
}

/**
 * Why the state does not stand where it can be trusted tonight; `null` when it does. Accepted are a remote state in the region
 * that is brought up, with a lock; and a `local` one, because it stands beside Lifeboat: in the control place, which is neither
 * the region that is left nor the one that is moved to.
 */
function judgeBackend(
  folder: string,
  region: string,
  { kind, region: stands, locks }: InfrastructurePlan['backend'],
): ErrorShape | null {
  if (kind === 'local') return null;
  const refused = (message: string, expected: string, actual: string): ErrorShape =>
    errorShape('DR_INFRASTRUCTURE_STATE', `${folder}: ${message}`, { field: 'backend', expected, actual });
  if (stands === null) return refused(`its ${kind} backend names no region`, `region = "${region}"`, kind);
  if (stands !== region) return refused(`its ${kind} state stands in ${stands}, not in ${region}`, region, stands);
  return locks ? null : refused(`its ${kind} backend locks nothing`, 'use_lockfile = true', 'no lock');
}

/** Why a stack must not be brought up as it is planned; `null` when it may. */
export const judgeStack = (folder: string, region: string, plan: InfrastructurePlan): ErrorShape | null =>
  judgeBackend(folder, region, plan.backend) ?? judgeChanges(folder, plan.changes);

/** Resources that a plan would create, or update. */
export const addressesOf = (changes: Changes, what: 'create' | 'update'): string[] =>
  changes.filter((change) => isResource(change) && change.actions.includes(what)).map(({ address }) => address);

export const unchangedIn = (changes: Changes): number =>
  changes.filter(({ actions }) => actions.every((action) => action === 'no-op')).length;
