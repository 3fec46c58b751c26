import type { DBCluster } from '@aws-sdk/client-rds';
import { type Call, call, done, refuse, wait } from '../../domain/action.ts';
import { type ErrorShape, errorShape } from '../../domain/errors.ts';
import { renameCluster as contract } from '../../runbooks/actions/recovery/rename.ts';
import { TAG } from '../../runbooks/actions/restore/naming.ts';
import { implement } from '../attempt/implement.ts';
import type { Clients } from '../clients/clients.ts';
import { executePatiently, wasAccepted } from '../restore/execute-patiently.ts';
import { everyCluster } from '../restore/look-up.ts';
import { isBroken } from '../restore/status.ts';
import { notThere } from './not-there.ts';
import { copiesAmong, swapNamesOf } from './swap-names.ts';

/**
 * A rename whose answer was lost is refused while it goes on, and a description may be late to say so. More refusals than a few seconds
 * bring mean no: customers are without the service meanwhile, and people must hear of it.
 */
const MOST_REFUSALS = 30;

const RENAMES = {
  'damaged-aside': { who: 'damaged', from: 'own', to: 'aside' },
  'copy-in': { who: 'copy', from: 'restored', to: 'own' },
  'copy-out': { who: 'copy', from: 'own', to: 'restored' },
  'damaged-back': { who: 'damaged', from: 'aside', to: 'own' },
} as const;

export const rename = implement(contract, {
  async observe(clients, input) {
    const clusters = await everyCluster(clients, input.region);
    const copies = copiesAmong(clusters, input.cluster, input.executionId);
    const damaged = clusters.find(({ DbClusterResourceId: id }) => id === input.damagedResourceId) ?? null;
    const { who, to } = RENAMES[input.rename];
    const [subject = null, other = null] = who === 'damaged' ? [damaged, copies[0]] : [copies[0], damaged];
    const target = swapNamesOf(input.cluster, input.executionId)[to];
    const [addresses, others] = await Promise.all([addressesOf(clients, subject), addressesOf(clients, other)]);
    return {
      subject,
      ambiguous: copies.length > 1,
      holder: clusters.find((found) => found.DBClusterIdentifier === target && found !== subject) ?? null,
      addresses,
      /** Where the other one of the two stands. */
      others,
    };
  },
  decide({ region, cluster, executionId, rename: which }, seen, acted, { mode, observedAt }) {
    const { subject, holder, addresses, others } = seen;
    const names = swapNamesOf(cluster, executionId);
    const from = names[RENAMES[which].from];
    const to = names[RENAMES[which].to];
    const renamed = { cluster: to, formerly: from, endpoint: subject?.Endpoint ?? '', renamedAt: observedAt };
    const asked = renaming(region, from, to);
    if (seen.ambiguous) return refuse(ambiguous(names, executionId));
    if (!subject) {
      if (mode === 'dry_run') return wait(`${from} will be restored by then`, renamed, [asked]);
      return acted ? wait(`neither ${from} nor ${to} is to be seen`, renamed) : refuse(notThere(from, region));
    }
    const { DBClusterIdentifier: name = '', Status: status = 'unknown' } = subject;
    if (name !== from && name !== to) return refuse(renamedByOthers(name, from, to));
    if (isBroken(status)) return refuse(broken(name, status));
    if (status !== 'available') return wait(`${name} is ${status}`, renamed, name === from ? [asked] : []);
    if (name === from) {
      if (holder) return refuse(taken(to, from, holder));
      const results = acted?.results ?? [];
      if (results.length >= MOST_REFUSALS && !wasAccepted(results, asked))
        return refuse(refused(from, to, results.length));
      return wasAccepted(results, asked)
        ? wait(`${from} was asked to become ${to} and is not to be seen so yet`, renamed)
        : call([asked], `${from} is to be ${to}`, renamed);
    }
    if (!subject.Endpoint || addresses.length === 0) return wait(`no resolver knows ${to} yet`, renamed);
    // AWS says that a name's old answer may be cached for minutes: whoever connects by it now would write into the wrong one.
    const stale = addresses.filter((address) => others.includes(address));
    return stale.length > 0
      ? wait(`${to} still leads to ${stale.join(', ')}, where the other one stands`, renamed)
      : done(renamed);
  },
  act: async (clients, calls, { signal }) =>
    (await executePatiently(clients, calls, signal)).map(({ call, accepted }) => ({ call, accepted })),
});

async function addressesOf(clients: Clients, cluster: DBCluster | null): Promise<readonly string[]> {
  if (!cluster?.Endpoint) return [];
  return (await clients.resolve(cluster.Endpoint)).map(({ address }) => address);
}

const renaming = (region: string, from: string, to: string): Call => ({
  service: 'rds',
  operation: 'ModifyDBCluster',
  region,
  target: `${from} → ${to}`,
  input: { DBClusterIdentifier: from, NewDBClusterIdentifier: to, ApplyImmediately: true },
});

const ambiguous = ({ own, restored }: ReturnType<typeof swapNamesOf>, executionId: string): ErrorShape =>
  errorShape('DR_NAME_TAKEN', `${own} and ${restored} both say that ${executionId} restored them`, {
    field: own,
    expected: `one cluster with tag ${TAG.execution} = ${executionId}`,
    actual: 2,
  });

const renamedByOthers = (name: string, from: string, to: string): ErrorShape =>
  errorShape('DR_NAME_TAKEN', `what was ${from} is called ${name} now: somebody else renamed it`, {
    field: from,
    expected: `${from} or ${to}`,
    actual: name,
  });

const taken = (to: string, from: string, holder: DBCluster): ErrorShape =>
  errorShape('DR_NAME_TAKEN', `${from} cannot be ${to}: another cluster of that name is ${holder.Status ?? 'there'}`, {
    field: to,
    expected: 'no cluster of that name',
    actual: holder.Status ?? null,
  });

const broken = (name: string, status: string): ErrorShape =>
  errorShape('DR_RESTORE_FAILED', `cluster ${name} is '${status}', it should be 'available'`, {
    field: name,
    expected: 'available',
    actual: status,
  });

const refused = (from: string, to: string, times: number): ErrorShape =>
  errorShape('DR_CALL_FAILED', `RDS did not take that ${from} become ${to}, ${times} times, although it is available`, {
    field: from,
    expected: to,
    actual: from,
    remedy: 'Read why in CloudTrail. Aborting gives every name back and starts the writers again.',
  });
