import type { DBCluster } from '@aws-sdk/client-rds';
import { call, done, wait } from '../../domain/action.ts';
import { KIND, TAG } from '../../runbooks/actions/restore/naming.ts';
import { pruneCopies as contract } from '../../runbooks/actions/snapshot/prune.ts';
import { implement } from '../attempt/implement.ts';
import type { Clients } from '../clients/clients.ts';
import { executePatiently, wasAccepted } from '../restore/execute-patiently.ts';
import { everyCluster } from '../restore/look-up.ts';
import { tagsOf } from '../restore/tags.ts';
import { choosePrunable } from './choose-prunable.ts';
import { type SeenCopy, seeCopies } from './copies.ts';
import { deleteSnapshot } from './delete-snapshot.ts';

export const prune = implement(contract, {
  async observe(clients, { region, cluster, keep }, { service, executionId, mode, startedAt }) {
    const [copies, clusters] = await Promise.all([
      seeCopies(clients, { region, cluster, service: service.name }),
      everyCluster(clients, region),
    ]);
    const restored = clusters.filter(isBeingRestored).flatMap((found) => tagsOf(found)[TAG.restoredFrom] ?? []);
    const stand = mode === 'dry_run' ? [...copies, stillToCome(startedAt.toISOString())] : copies;
    const superfluous = choosePrunable(stand, { keep, inUse: new Map() }).prune;
    const under = await underWay(
      clients,
      copies.filter(({ id, execution }) => superfluous.includes(id) && execution !== executionId),
    );
    return { copies, inUse: [...under, ...restored.map((id) => [id, 'something is restored from it'] as const)] };
  },
  decide({ region, keep }, { copies, inUse }, acted, { mode, observedAt }) {
    const stand = mode === 'dry_run' ? [...copies, stillToCome(observedAt)] : copies;
    const chosen = choosePrunable(stand, { keep, inUse: new Map(inUse) });
    const kept = chosen.kept.filter(({ snapshot }) => snapshot !== STILL_TO_COME);
    const taken = (acted?.calls ?? [])
      .filter((made) => wasAccepted(acted?.results ?? [], made))
      .map(({ target }) => target);
    const going = copies.filter(({ id }) => taken.includes(id)).map(({ id }) => id);
    const pruned = [...new Set([...taken, ...chosen.prune])];
    const output = { pruned, kept: kept.filter(({ snapshot }) => !taken.includes(snapshot)), prunedAt: observedAt };
    const calls = chosen.prune.filter((id) => !taken.includes(id)).map((id) => deleteSnapshot(region, id));
    if (calls.length > 0) return call(calls, `${calls.length} copies beyond the newest ${keep}`, output);
    return going.length > 0 ? wait(`${going.join(', ')}: being deleted`, output) : done(output);
  },
  act: (clients, calls, { signal }) => executePatiently(clients, calls, signal),
});

/** Copies whose execution is not over: it still has to verify its copy, or looks into it. */
async function underWay(
  clients: Clients,
  copies: readonly SeenCopy[],
): Promise<readonly (readonly [string, string])[]> {
  const lives = await Promise.all(
    copies.map(async ({ id, execution }) => ({
      id,
      execution,
      life: execution && (await clients.executionLife(execution)),
    })),
  );
  return lives
    .filter(({ life }) => life === 'running')
    .map(({ id, execution }) => [id, `${execution} still runs`] as const);
}

/** What was restored to stay stands on its own once it is there. */
const isBeingRestored = (cluster: DBCluster): boolean =>
  cluster.Status !== 'available' || tagsOf(cluster)[TAG.kind] === KIND.restore;

const STILL_TO_COME = 'the copy still to come';

/** In a dry run the copy that makes an older one superfluous is not there yet. */
const stillToCome = (at: string): SeenCopy => ({
  id: STILL_TO_COME,
  arn: '',
  status: 'available',
  execution: STILL_TO_COME,
  dataTime: at,
  validatedAt: null,
  inDoubt: false,
  held: false,
  encrypted: false,
  sizeBytes: null,
  ordinal: null,
});
