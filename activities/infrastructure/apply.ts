import { basename } from 'node:path';
import { type Acted, type Call, call, done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { applyInfrastructure } from '../../runbooks/actions/infrastructure/apply.ts';
import { implement } from '../attempt/implement.ts';
import type { InfrastructurePlan } from '../clients/clients.ts';
import { addressesOf, changing, judgeStack, unchangedIn } from './allowed-changes.ts';

/** Some resources settle only at the second apply; a plan that never does is not a recovery's to chase. */
const APPLIES = 2;
const MOST_NAMED = 8;

export const apply = implement(applyInfrastructure, {
  observe: (clients, { folder, variables }, { signal }) => clients.planInfrastructure(folder, variables, signal),
  decide(input, plan, acted, { observedAt }) {
    const unfit = judgeStack(input.folder, input.region, plan);
    if (unfit) return refuse(unfit);
    const wanted = changing(plan.changes);
    const output = {
      created: addressesOf(wanted, 'create'),
      updated: addressesOf(wanted, 'update'),
      unchanged: unchangedIn(plan.changes),
      outputs: { ...plan.outputs },
      infrastructureReadyAt: observedAt,
    };
    if (wanted.length === 0) return done({ ...output, ...madeBy(acted) });
    if (acted && acted.results.length >= APPLIES) {
      return refuse(
        errorShape(
          'DR_INFRASTRUCTURE_FAILED',
          `${input.folder}: applied ${APPLIES} times, and still to do: ${named(wanted)}`,
          {
            field: 'coldRecovery.infrastructureFolder',
            expected: 'no changes',
            actual: wanted.map(({ address }) => address),
          },
        ),
      );
    }
    return call(
      [applying(input, plan, wanted)],
      `${wanted.length} changes stand between the plan and the region`,
      output,
    );
  },
});

function applying(
  input: { readonly region: string; readonly folder: string; readonly variables: Readonly<Record<string, string>> },
  { digest }: InfrastructurePlan,
  wanted: InfrastructurePlan['changes'],
): Call {
  return {
    service: 'infrastructure',
    operation: 'Apply',
    region: input.region,
    target: `${basename(input.folder)} → ${input.region}: ${named(wanted)}`,
    input: { folder: input.folder, variables: { ...input.variables }, planDigest: digest },
  };
}

/** `create aws_eks_node_group.booking, update output.endpoint`. */
function named(wanted: InfrastructurePlan['changes']): string {
  const all = wanted.map(({ address, actions }) => `${actions.join(' and ')} ${address}`);
  return all.length > MOST_NAMED
    ? `${all.slice(0, MOST_NAMED).join(', ')} and ${all.length - MOST_NAMED} more`
    : all.join(', ');
}

/** What this attempt's applies did: the plan made after them no longer says. */
function madeBy(acted: Acted | null): { created: string[]; updated: string[] } {
  const results = (acted?.results ?? []) as readonly { readonly created: string[]; readonly updated: string[] }[];
  return {
    created: results.flatMap(({ created }) => created),
    updated: results.flatMap(({ updated }) => updated),
  };
}
