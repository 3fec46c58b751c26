import { z } from 'zod';
import { intervalSeconds } from '../domain/schedule.ts';
import type { Service } from '../domain/service.ts';
import { postureBackups } from './actions/posture/backups.ts';
import { postureCompute } from './actions/posture/compute.ts';
import { postureDns } from './actions/posture/dns.ts';
import { postureDrills } from './actions/posture/drills.ts';
import { postureEvidence } from './actions/posture/evidence.ts';
import { postureLeftovers } from './actions/posture/leftovers.ts';
import { postureParameters } from './actions/posture/parameters.ts';
import { postureProtection } from './actions/posture/protection.ts';
import { postureStandby } from './actions/posture/standby.ts';
import { postureVerdict } from './actions/posture/verdict.ts';
import { defineRunbook } from './language/runbook.ts';
import { clusterOf, deploymentTargetsOf, frontDoorOf } from './service-parts.ts';

/** AWS ships the log at least every five minutes; one more for a look that comes at a bad moment. */
const RESTORABLE_AGE_AT_MOST_SECONDS = 360;
/** Answers cached longer than this cost more time than anything else in a move. */
const TTL_AT_MOST_SECONDS = 60;

export const posture = defineRunbook({
  id: 'posture',
  version: 1,
  title: 'Look whether a recovery would work tonight',
  workflow: 'posture',
  exclusive: 'none',
  owner: 'platform on-call',
  severity: 'routine',
  whenNotToUse: [
    'Something is down: lifeboat says what, and this looks at what a recovery needs, not at what customers get.',
  ],
  triggers: [
    {
      event: 'A new day, a deploy of infrastructure, or doubt',
      severity: 'routine',
      detection: 'A schedule of the service, a pipeline, or somebody who asks.',
      automatic: 'Where a schedule is declared, it runs by itself; it changes nothing.',
      manual: 'lifeboat posture',
    },
  ],
  pointOfNoReturn: 'none: it only looks.',
  parameters: z.object({}),
  example: () => ({}),

  build({ service, step }) {
    const { protected: home, recovery } = service.regions;
    const { database, dns, objectives } = service;
    const own = clusterOf(service, home);
    const standbyCluster = clusterOf(service, recovery);
    const manual = commands(service);
    const clusters = [home, recovery].map((region) => ({
      region,
      cluster: clusterOf(service, region).cluster,
      kmsKey: database.regions[region]?.restore?.kmsKey ?? null,
    }));
    // One area that cannot be looked at must not hide the others.
    const area = { onFailure: 'continue', expectSeconds: 2 } as const;

    const backups = step(
      'backups',
      postureBackups,
      {
        service: service.name,
        region: home,
        cluster: own.cluster,
        recoveryRegion: recovery,
        retentionDaysAtLeast: service.backups?.retentionDaysAtLeast ?? null,
        restorableAgeAtMostSeconds: RESTORABLE_AGE_AT_MOST_SECONDS,
        exposureAtMostSeconds: objectives.exposureSeconds ?? null,
      },
      {
        ...area,
        why: 'Replication copies damage too: only a backup goes back to before it, and only a copy outlives its region.',
        manual: manual.backups,
      },
    );
    const standby = step(
      'standby',
      postureStandby,
      {
        region: recovery,
        globalCluster: database.globalCluster,
        ...standbyCluster,
        protectedRegion: home,
        protectedCluster: own.cluster,
        lagAtMostSeconds: objectives.rpoSeconds,
      },
      { ...area, why: 'A failover within minutes promotes what stands there already.', manual: manual.standby },
    );
    const protection = step(
      'protection',
      postureProtection,
      { clusters },
      { ...area, why: 'What one call, one zone or one key can take away is not protected.', manual: manual.protection },
    );
    const parameters = step(
      'parameters',
      postureParameters,
      { clusters },
      {
        ...area,
        why: 'Parameter groups do not travel: the other region runs with its own.',
        manual: manual.parameters,
      },
    );
    const name = step(
      'dns',
      postureDns,
      {
        name: dns.name,
        zone: dns.zone,
        region: dns.switch.region,
        bucket: dns.switch.bucket,
        key: dns.switch.key,
        protectedAddress: frontDoorOf(service, home).address,
        recoveryAddress: frontDoorOf(service, recovery).address,
        ttlAtMostSeconds: TTL_AT_MOST_SECONDS,
      },
      {
        ...area,
        why: 'The switch must be there beforehand: its control plane may be gone on the night.',
        manual: manual.dns,
      },
    );
    const compute = step(
      'compute',
      postureCompute,
      { deployments: [...deploymentsIn(service, home, 'all'), ...deploymentsIn(service, recovery, 'one')] },
      {
        ...area,
        why: 'Scaling up takes minutes; a deployment that never ran there takes the night.',
        manual: manual.compute,
      },
    );
    const evidence = step(
      'evidence',
      postureEvidence,
      {},
      { ...area, why: 'What is not on record did not happen, to an auditor.', manual: manual.evidence },
    );
    const drills = step(
      'drills',
      postureDrills,
      { service: service.name, schedules: schedulesOf(service) },
      { ...area, why: 'A runbook that was not rehearsed lately is a hypothesis.', manual: manual.drills },
    );
    const leftovers = step(
      'leftovers',
      postureLeftovers,
      { service: service.name, regions: [home, recovery] },
      { ...area, why: 'Restored data that nobody watches is a cost and a leak.', manual: manual.leftovers },
    );
    const areas = { backups, standby, protection, parameters, dns: name, compute, evidence, drills, leftovers };
    step(
      'verdict',
      postureVerdict,
      { areas: Object.entries(areas).map(([id, { out }]) => ({ area: id, findings: out.findings })) },
      {
        why: 'A look that found something critical must not end as a success, or nobody reads it.',
        onFailure: 'abort',
        expectSeconds: 1,
        manual: manual.verdict,
      },
    );
  },
});

/** While nothing is wrong, the protected region carries all of the load and the other one must show that it could carry some. */
function deploymentsIn(service: Service, region: string, ready: 'all' | 'one') {
  return deploymentTargetsOf(service, region).map(({ namespace, name, minimumReplicas }) => ({
    region,
    namespace,
    name,
    readyAtLeast: ready === 'all' ? minimumReplicas : 1,
    replicas: minimumReplicas,
  }));
}

/** What is declared, but for the posture itself: it is current, because it runs. */
function schedulesOf(service: Service) {
  return (service.schedules ?? [])
    .filter(({ runbook }) => runbook !== 'posture')
    .map(({ id, runbook, every, catchUpHours }) => ({
      id,
      runbook,
      every,
      currentForSeconds: intervalSeconds(every) + catchUpHours * 3_600,
    }));
}

/** What to type for the same looks when Lifeboat itself is gone. */
function commands(service: Service) {
  const { protected: home, recovery } = service.regions;
  const { database, dns } = service;
  const both = (command: (region: string, cluster: string) => string): string =>
    [home, recovery].map((region) => command(region, clusterOf(service, region).cluster)).join('\n');
  const describe = (query: string) =>
    both(
      (region, cluster) =>
        `aws rds describe-db-clusters --region ${region} --db-cluster-identifier ${cluster} --query '${query}'`,
    );
  const { cluster } = clusterOf(service, home);
  return {
    backups: [
      `aws rds describe-db-clusters --region ${home} --db-cluster-identifier ${cluster} --query 'DBClusters[0].[BackupRetentionPeriod,EarliestRestorableTime,LatestRestorableTime]'`,
      `aws rds describe-db-cluster-snapshots --region ${recovery} --snapshot-type manual --query 'DBClusterSnapshots[].[DBClusterSnapshotIdentifier,Status,TagList]'`,
    ].join('\n'),
    standby: `aws rds describe-global-clusters --region ${recovery} --global-cluster-identifier ${database.globalCluster}`,
    protection: describe('DBClusters[0].[DeletionProtection,StorageEncrypted,KmsKeyId,DBClusterMembers]'),
    parameters: describe('DBClusters[0].DBClusterParameterGroup'),
    dns: `dig +noall +answer ${dns.name}`,
    compute: [home, recovery]
      .flatMap((region) => {
        const { server, tokenFile, deployments = [] } = service.compute[region] ?? {};
        return [...new Set(deployments.map(({ namespace }) => namespace))].map(
          (namespace) =>
            `kubectl --server ${server} --token "$(cat ${tokenFile})" --namespace ${namespace} get deployments,poddisruptionbudgets`,
        );
      })
      .join('\n'),
    evidence: 'echo "Look whether the evidence folder is writable and has room."',
    drills: 'lifeboat runs',
    leftovers: both(
      (region) =>
        `aws rds describe-db-clusters --region ${region} --query 'DBClusters[?TagList[?Key==\`lifeboat:kind\` && Value==\`restore\`]].DBClusterIdentifier'`,
    ),
    verdict: 'echo "Read the above."',
  };
}
