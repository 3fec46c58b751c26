import { describe, expect, it } from 'vitest';
import { belongingsOf } from '../../../activities/restore/belongings.ts';
import { cleanUp } from '../../../activities/restore/clean-up.ts';
import { removeLeftovers } from '../../../activities/restore/remove-leftovers.ts';
import type { Standing, StandingCluster, StandingInstance } from '../../../activities/restore/standing.ts';
import type { Acted } from '../../../domain/action.ts';
import { TAG } from '../../../runbooks/actions/restore/naming.ts';
import { callsOf, decide, expectDeclared, OBSERVED_AT, outputOf, refusalOf, waitOf } from './a-decision.ts';

const region = 'eu-west-1';
const executionId = 'pr-20261121-0312-k3';
const tagged = (execution = executionId, kind = 'restore') => ({ [TAG.execution]: execution, [TAG.kind]: kind });

const cluster = (more: Partial<StandingCluster> = {}): StandingCluster => ({
  id: `${executionId}-db`,
  status: 'available',
  tags: tagged(),
  protected: false,
  globalCluster: null,
  ...more,
});
const instance = (more: Partial<StandingInstance> = {}): StandingInstance => ({
  id: `${executionId}-db-1`,
  status: 'available',
  tags: tagged(),
  cluster: `${executionId}-db`,
  ...more,
});
/** Production, which no clean-up may even name. */
const production: Standing = {
  clusters: [{ id: 'booking-ew1', status: 'available', tags: {}, protected: true, globalCluster: 'booking-global' }],
  instances: [{ id: 'booking-ew1-1', status: 'available', tags: {}, cluster: 'booking-ew1' }],
};
const with_ = (clusters: readonly StandingCluster[], instances: readonly StandingInstance[] = []): Standing => ({
  clusters: [...production.clusters, ...clusters],
  instances: [...production.instances, ...instances],
});

const input = { region, executionId };
const clean = (standing: Standing, acted: Acted | null = null, seen: readonly string[] = []) =>
  decide(cleanUp, input, { standing, seen }, acted);
const namesOf = (calls: readonly { operation: string; target: string }[]) =>
  calls.map(({ operation, target }) => `${operation} ${target}`);
/** An earlier look's calls, each taken by the provider. */
const taken = (...calls: readonly string[]): Acted => ({
  calls: [],
  results: calls.map((call) => ({ call: `rds:${call}`, accepted: true })),
});

describe('the guard', () => {
  it('takes for its own only what has the name, the tags, and no global cluster', () => {
    const { clusters, instances, leftAlone } = belongingsOf(executionId, with_([cluster()], [instance()]));
    expect([clusters.map(({ id }) => id), instances.map(({ id }) => id), leftAlone]).toEqual([
      [`${executionId}-db`],
      [`${executionId}-db-1`],
      [],
    ]);
  });

  it.each<[string, Partial<StandingCluster>, string]>([
    ['the name but no tag', { tags: {} }, `it has no tag ${TAG.execution} = ${executionId}`],
    ['the tag of another execution', { tags: tagged('pr-20261121-0312-zz') }, 'it has no tag'],
    ['the tags but another name', { id: 'booking-copy' }, `its name does not begin with ${executionId}-`],
    ['a name that only goes on like its own', { id: `${executionId}x-db` }, 'its name does not begin with'],
    ['membership of a global cluster', { globalCluster: 'booking-global' }, 'it is a member of booking-global'],
    ['a tag that says it is kept', { tags: tagged(executionId, 'keep') }, `its tag ${TAG.kind} is keep`],
    ['no tag of what it is for', { tags: { [TAG.execution]: executionId } }, `its tag ${TAG.kind} is missing`],
  ])('leaves a cluster with %s alone, and says why', (_, change, because) => {
    const output = outputOf(clean(with_([cluster(change)])));
    expect(output).toMatchObject({ removed: [], remaining: [] });
    expect(output.leftAlone).toHaveLength(1);
    expect(output.leftAlone[0]).toMatchObject({ kind: 'cluster', because: expect.stringContaining(because) });
  });

  it('leaves an instance of its own alone that stands in somebody else’s cluster', () => {
    const output = outputOf(clean(with_([], [instance({ cluster: 'booking-ew1' })])));
    expect(output.leftAlone).toEqual([
      {
        kind: 'instance',
        id: `${executionId}-db-1`,
        because: `its cluster booking-ew1 is not one that ${executionId} restored`,
      },
    ]);
  });

  it('does not even name what looks in no way like its own', () => {
    expect(outputOf(clean(production))).toEqual({
      removed: [],
      leftAlone: [],
      remaining: [],
      looked: 2,
      cleanedUpAt: OBSERVED_AT,
    });
  });
});

describe('cleaning up', () => {
  it('deletes instances first, and the cluster only when describing finds them gone', () => {
    const first = callsOf(clean(with_([cluster()], [instance()])));
    expect(namesOf(first)).toEqual([`DeleteDBInstance ${executionId}-db-1`]);
    expectDeclared(cleanUp, first);
    expect(waitOf(clean(with_([cluster()], [instance({ status: 'deleting' })])))).toContain('-db-1 is deleting');
    const last = callsOf(clean(with_([cluster()])));
    expect(last).toEqual([
      {
        service: 'rds',
        operation: 'DeleteDBCluster',
        region,
        target: `${executionId}-db`,
        input: { DBClusterIdentifier: `${executionId}-db`, SkipFinalSnapshot: true, DeleteAutomatedBackups: true },
      },
    ]);
    expectDeclared(cleanUp, last);
    expect(waitOf(clean(with_([cluster({ status: 'deleting' })])))).toContain('-db is deleting');
  });

  it('takes deletion protection off before it deletes, and waits until that is seen', () => {
    const calls = callsOf(clean(with_([cluster({ protected: true })], [instance()])));
    expect(namesOf(calls)).toEqual([`ModifyDBCluster ${executionId}-db`, `DeleteDBInstance ${executionId}-db-1`]);
    expectDeclared(cleanUp, calls);
    const again = clean(with_([cluster({ protected: true })]), taken(`ModifyDBCluster ${executionId}-db`));
    expect(waitOf(again)).toContain('ModifyDBCluster');
  });

  it.each(['creating', 'modifying', 'backing-up', 'configuring-log-exports'])(
    'waits for a cluster that is %s: RDS would refuse',
    (status) => {
      expect(waitOf(clean(with_([cluster({ status })])))).toContain(status);
    },
  );

  it.each(['failed', 'incompatible-restore', 'stopped', 'a-state-of-2030'])(
    'deletes a cluster that is %s',
    (status) => {
      expect(namesOf(callsOf(clean(with_([cluster({ status })]))))).toEqual([`DeleteDBCluster ${executionId}-db`]);
    },
  );

  it('waits for an instance under creation', () => {
    expect(waitOf(clean(with_([cluster()], [instance({ status: 'creating' })])))).toContain('creating');
  });

  it('asks for nothing twice that was taken, and again for what was not', () => {
    const standing = with_([cluster()], [instance()]);
    expect(waitOf(clean(standing, taken(`DeleteDBInstance ${executionId}-db-1`)))).toContain('was taken');
    const refused: Acted = {
      calls: [],
      results: [{ call: `rds:DeleteDBInstance ${executionId}-db-1`, accepted: false }],
    };
    expect(callsOf(clean(standing, refused))).toHaveLength(1);
  });

  it('refuses to go on where somebody else put an instance into its cluster', () => {
    const stranger = instance({ id: 'somebody-elses', tags: {} });
    const error = refusalOf(clean(with_([cluster()], [instance(), stranger])));
    expect(error).toMatchObject({ code: 'DR_LEFTOVERS', actual: ['somebody-elses'] });
  });

  it('is done when describing finds nothing, and tells what it had seen before', () => {
    const output = outputOf(clean(production, null, [`instance/${executionId}-db-1`, `cluster/${executionId}-db`]));
    expect(output).toMatchObject({
      removed: [`instance/${executionId}-db-1`, `cluster/${executionId}-db`],
      remaining: [],
      looked: 2,
    });
  });

  it('does not claim to have removed what lost its tag and still stands', () => {
    const output = outputOf(clean(with_([cluster({ tags: {} })]), null, [`cluster/${executionId}-db`]));
    expect(output.removed).toEqual([]);
  });

  it('names in a dry run what it will delete, although nothing is restored yet', () => {
    const decision = decide(cleanUp, input, { standing: production, seen: [] }, null, { mode: 'dry_run' });
    expect(decision.kind === 'wait' && namesOf(decision.calls ?? [])).toEqual([
      `DeleteDBInstance ${executionId}-db-1`,
      `DeleteDBCluster ${executionId}-db`,
    ]);
  });
});

describe('removing leftovers', () => {
  const dead = 'pr-20260707-0900-aa';
  const leftover = cluster({ id: `${dead}-db`, tags: tagged(dead) });
  const leftoverInstance = instance({ id: `${dead}-db-1`, cluster: `${dead}-db`, tags: tagged(dead) });
  const remove = (standing: Standing, lives: Readonly<Record<string, 'running' | 'ended' | 'unknown'>>) =>
    decide(removeLeftovers, input, { standing, lives, seen: [] });

  it('deletes what an execution that has ended left, in the same order', () => {
    const calls = callsOf(remove(with_([leftover], [leftoverInstance]), { [dead]: 'ended' }));
    expect(namesOf(calls)).toEqual([`DeleteDBInstance ${dead}-db-1`]);
    expectDeclared(removeLeftovers, calls);
    expect(namesOf(callsOf(remove(with_([leftover]), { [dead]: 'ended' })))).toEqual([`DeleteDBCluster ${dead}-db`]);
  });

  it.each([
    ['running', `${dead} still runs`],
    ['unknown', `nobody knows ${dead}`],
  ] as const)('touches nothing of an execution that is %s', (life, because) => {
    const output = outputOf(remove(with_([leftover], [leftoverInstance]), { [dead]: life }));
    expect(output).toEqual({
      removed: [],
      leftAlone: [
        { kind: 'cluster', id: `${dead}-db`, because },
        { kind: 'instance', id: `${dead}-db-1`, because },
      ],
      leftoversRemovedAt: OBSERVED_AT,
    });
  });

  it('holds to the same three signs', () => {
    const output = outputOf(
      remove(
        with_([
          { ...leftover, globalCluster: 'booking-global' },
          { ...leftover, id: 'renamed' },
        ]),
        { [dead]: 'ended' },
      ),
    );
    expect(output.leftAlone.map(({ id }) => id)).toEqual([`${dead}-db`, 'renamed']);
  });

  it('finds several at once, and each waits only for itself', () => {
    const other = 'pr-20260406-0900-bb';
    const busy = cluster({ id: `${other}-db`, tags: tagged(other), status: 'creating' });
    expect(namesOf(callsOf(remove(with_([busy, leftover]), { [dead]: 'ended', [other]: 'ended' })))).toEqual([
      `DeleteDBCluster ${dead}-db`,
    ]);
  });
});
