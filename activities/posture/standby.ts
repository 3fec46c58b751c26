import type { DBCluster } from '@aws-sdk/client-rds';
import type { z } from 'zod';
import { type Decision, done } from '../../domain/action.ts';
import type { Service } from '../../domain/service.ts';
import type { Finding } from '../../runbooks/actions/posture/findings.ts';
import { postureStandby } from '../../runbooks/actions/posture/standby.ts';
import { implement } from '../attempt/implement.ts';
import type { Heard } from '../clients/heard.ts';
import {
  availableInstances,
  regionOfArn,
  type SeenGlobalCluster,
  seeGlobalCluster,
  strayWriter,
  writerArn,
} from '../database/global-cluster.ts';
import { readLag } from '../database/read-lag.ts';
import { findCluster } from '../restore/look-up.ts';
import { type Check, fine, found, judged, unknown } from './check.ts';
import { look } from './look.ts';
import { spell } from './spell.ts';

type Input = z.output<typeof postureStandby.input>;
type Lag = z.output<typeof readLag.contract.output>;

const CONNECTED: Check = {
  id: 'standby:connected',
  about: 'whether the standby is connected',
  severity: 'critical',
  why: 'A standby that receives nothing loses everything since it stopped, or cannot be promoted at all.',
  remedy:
    'Look in the RDS events of both regions for why it is cut off; re-create the secondary cluster if it stays so.',
};
const INSTANCE: Check = {
  id: 'standby:instance',
  about: 'whether the standby has an instance',
  severity: 'critical',
  why: 'A cluster without an available instance cannot be promoted; making one takes longer than the objective allows.',
  remedy: 'Create an instance in the standby cluster.',
};
const LAG: Check = {
  id: 'standby:lag',
  about: 'how far the standby is behind',
  severity: 'critical',
  why: 'What the standby has not received when the region is lost is lost for good.',
  remedy: 'Look at the write load and at the size of the standby’s instances.',
};
const VERSION: Check = {
  id: 'standby:engine-version',
  about: 'whether both regions run one engine version',
  severity: 'critical',
  why: 'A failover between versions is refused by AWS on the night it is needed.',
  remedy: 'Upgrade the cluster that is behind; the secondary first.',
};

export const standby = implement(postureStandby, {
  async observe(clients, input, context) {
    const [global, writer, lag] = await Promise.all([
      look(`RDS in ${input.region}`, seeGlobalCluster(clients, input)),
      look(`RDS in ${input.protectedRegion}`, findCluster(clients, input.protectedRegion, input.protectedCluster)),
      look(`the database in ${input.region}`, readLag.observe(clients, { region: input.region }, context)),
    ]);
    return { global, writer, lag };
  },
  decide(input, { global, writer, lag }, _acted, context) {
    const read: Heard<Lag> = lag.answered
      ? { answered: true, value: outputOf(readLag.decide({ region: input.region }, lag.value, null, context)) }
      : lag;
    const findings = [
      ...judgeMember(input, global, context.service),
      judgeLag(input, read),
      judgeVersions(input, global, writer),
    ];
    return done({ findings, lookedAt: context.observedAt });
  },
});

/** Reading the lag decides nothing: it only tells. */
function outputOf(decision: Decision<Lag>): Lag {
  if (decision.kind === 'done') return decision.output;
  throw new Error(`reading the lag ended as ${decision.kind}`);
}

function judgeMember(input: Input, seen: Heard<SeenGlobalCluster>, service: Service): Finding[] {
  if (!seen.answered) return [CONNECTED, INSTANCE].map((check) => unknown(check, seen.because));
  const { global, instances } = seen.value;
  const available = availableInstances(instances);
  const instance = judged(
    INSTANCE,
    available > 0,
    `${input.cluster} has ${available} available instance${available === 1 ? '' : 's'}`,
  );
  return [judgeConnected(input, global, service), instance];
}

function judgeConnected(input: Input, global: SeenGlobalCluster['global'], service: Service): Finding {
  const member = global.GlobalClusterMembers?.find((one) => one.DBClusterArn === input.clusterArn);
  if (!member) return found(CONNECTED, `${input.cluster} is no member of ${input.globalCluster}`);
  const writer = regionOfArn(writerArn(global));
  if (member.IsWriter) {
    return found(
      CONNECTED,
      `${input.cluster} in ${input.region} is the writer, so nothing stands by in ${input.protectedRegion}`,
      'Re-protect: make the other region a standby again.',
    );
  }
  const stray = strayWriter(global, service);
  if (stray !== null) {
    return found(
      CONNECTED,
      `${input.cluster} follows ${stray}, which is not the database that ${service.name} writes to`,
      'Bring over what is wanted of that database, take both out of the global cluster, and make it anew from the one that serves.',
    );
  }
  const state = member.SynchronizationStatus;
  if (!state) return unknown(CONNECTED, `AWS does not say how ${input.cluster} is connected`);
  return judged(
    CONNECTED,
    state === 'connected',
    `${input.cluster} is ${state}, the writer is in ${writer ?? 'no region'}`,
  );
}

function judgeLag({ lagAtMostSeconds }: Input, lag: Heard<Lag>): Finding {
  if (!lag.answered) return unknown(LAG, lag.because);
  const { lagSeconds, because } = lag.value;
  if (lagSeconds === null) return unknown(LAG, because ?? 'nothing says', 'See whether replication runs.');
  return judged(
    LAG,
    lagSeconds <= lagAtMostSeconds,
    `the standby is ${lagSeconds.toFixed(1)} s behind, at most ${spell(lagAtMostSeconds)} is wanted`,
  );
}

function judgeVersions(input: Input, global: Heard<SeenGlobalCluster>, writer: Heard<DBCluster | null>): Finding {
  for (const part of [global, writer]) if (!part.answered) return unknown(VERSION, part.because);
  const [one, other] = [
    { region: input.protectedRegion, version: writer.answered ? writer.value?.EngineVersion : undefined },
    { region: input.region, version: global.answered ? global.value.cluster?.EngineVersion : undefined },
  ];
  const silent = [one, other].filter(({ version }) => !version).map(({ region }) => region);
  if (silent.length > 0) return unknown(VERSION, `no cluster tells its version in ${silent.join(' and ')}`);
  if (one.version === other.version) return fine(VERSION, `both regions run ${one.version}`);
  return found(VERSION, `${one.region} runs ${one.version}, ${other.region} runs ${other.version}`);
}
