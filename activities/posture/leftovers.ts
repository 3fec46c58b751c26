import { done } from '../../domain/action.ts';
import type { Finding } from '../../runbooks/actions/posture/findings.ts';
import { postureLeftovers } from '../../runbooks/actions/posture/leftovers.ts';
import { KIND, TAG } from '../../runbooks/actions/restore/naming.ts';
import { implement } from '../attempt/implement.ts';
import type { Clients, ExecutionLife } from '../clients/clients.ts';
import type { Heard } from '../clients/heard.ts';
import { seeStanding } from '../restore/standing.ts';
import { type Check, fine, found, unknown } from './check.ts';
import { look } from './look.ts';

/** Something that an execution restored and that goes away with it. */
interface Restored {
  /** `cluster/pr-20261006-0900-k3ab-db` */
  readonly name: string;
  readonly execution: string;
  readonly life: ExecutionLife;
}

interface SeenRegion {
  readonly region: string;
  readonly restored: Heard<readonly Restored[]>;
}

export const leftovers = implement(postureLeftovers, {
  observe: (clients, { service, regions }): Promise<readonly SeenRegion[]> =>
    Promise.all(
      regions.map(async (region) => ({
        region,
        restored: await look(`RDS in ${region}`, readRestored(clients, region, service)),
      })),
    ),
  decide: (_input, seen, _acted, { observedAt }) => done({ findings: seen.flatMap(judge), lookedAt: observedAt }),
});

async function readRestored(clients: Clients, region: string, service: string): Promise<readonly Restored[]> {
  const { clusters, instances } = await seeStanding(clients, region);
  const standing = [
    ...clusters.map(({ id, tags }) => ({ name: `cluster/${id}`, tags })),
    ...instances.map(({ id, tags }) => ({ name: `instance/${id}`, tags })),
  ];
  return Promise.all(
    standing.flatMap(({ name, tags }) => {
      const execution = tags[TAG.execution];
      const ours = tags[TAG.kind] === KIND.restore && tags[TAG.service] === service;
      return ours && execution !== undefined ? [withLife(clients, name, execution)] : [];
    }),
  );
}

async function withLife(clients: Clients, name: string, execution: string): Promise<Restored> {
  return { name, execution, life: await clients.executionLife(execution) };
}

function judge({ region, restored }: SeenRegion): Finding[] {
  const check: Check = {
    id: `leftovers:${region}`,
    about: `whether executions left something behind in ${region}`,
    severity: 'warning',
    why: 'A forgotten copy of patients’ data costs money and is guarded by nobody.',
    remedy: 'The next restore drill removes it; or remove it by hand, after a look at what it is.',
  };
  if (!restored.answered) return [unknown(check, restored.because)];
  const nobodys = restored.value.filter(({ life }) => life === 'unknown');
  const dead = restored.value.filter(({ life }) => life === 'ended');
  const findings = [
    ...(dead.length > 0 ? [found(check, `${named(dead)}: of executions that have ended, in ${region}`)] : []),
    ...(nobodys.length > 0
      ? [
          unknown(
            check,
            `nobody knows the executions that ${named(nobodys)} are of`,
            'Look what it is; remove it by hand.',
          ),
        ]
      : []),
  ];
  if (findings.length > 0) return findings;
  const alive = restored.value.length === 0 ? '' : `: ${named(restored.value)} belong to executions that run`;
  return [fine(check, `no execution left anything behind in ${region}${alive}`)];
}

const named = (all: readonly Restored[]): string => all.map(({ name }) => name).join(', ');
