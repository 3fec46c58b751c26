import { DescribeKeyCommand, type KeyMetadata } from '@aws-sdk/client-kms';
import { type DBCluster, type DBInstance, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { done } from '../../domain/action.ts';
import type { ClusterPlace } from '../../runbooks/actions/posture/cluster-places.ts';
import type { Finding } from '../../runbooks/actions/posture/findings.ts';
import { postureProtection } from '../../runbooks/actions/posture/protection.ts';
import { implement } from '../attempt/implement.ts';
import type { Clients } from '../clients/clients.ts';
import type { Heard } from '../clients/heard.ts';
import { findCluster } from '../restore/look-up.ts';
import { type Check, fine, found, judged, unknown } from './check.ts';
import { look } from './look.ts';

interface SeenPlace {
  readonly place: ClusterPlace;
  readonly cluster: Heard<DBCluster | null>;
  readonly instances: Heard<readonly DBInstance[]>;
  /** `null`: no key is declared, so none was looked at. */
  readonly key: Heard<KeyMetadata | null> | null;
}

export const protection = implement(postureProtection, {
  async observe(clients, { clusters }): Promise<readonly SeenPlace[]> {
    return Promise.all(
      clusters.map(async (place) => {
        const { region, cluster, kmsKey } = place;
        const [seen, instances, key] = await Promise.all([
          look(`RDS in ${region}`, findCluster(clients, region, cluster)),
          look(`RDS in ${region}`, readInstances(clients, place)),
          kmsKey === null ? null : look(`KMS in ${region}`, readKey(clients, region, kmsKey)),
        ]);
        return { place, cluster: seen, instances, key };
      }),
    );
  },
  decide: (_input, places, _acted, { observedAt }) => done({ findings: places.flatMap(judge), lookedAt: observedAt }),
});

async function readInstances(clients: Clients, { region, cluster }: ClusterPlace): Promise<readonly DBInstance[]> {
  const command = new DescribeDBInstancesCommand({ Filters: [{ Name: 'db-cluster-id', Values: [cluster] }] });
  const { DBInstances = [] } = await clients.rds(region).send(command);
  return DBInstances.filter((instance) => instance.DBClusterIdentifier === cluster);
}

async function readKey(clients: Clients, region: string, KeyId: string): Promise<KeyMetadata | null> {
  return (await clients.kms(region).send(new DescribeKeyCommand({ KeyId }))).KeyMetadata ?? null;
}

const judge = ({ place, cluster, instances, key }: SeenPlace): Finding[] => [
  judgeDeletion(place, cluster),
  judgeZones(place, instances),
  judgeEncryption(place, cluster),
  judgeKey(place, key),
];

function judgeDeletion({ region, cluster: id }: ClusterPlace, cluster: Heard<DBCluster | null>): Finding {
  const check: Check = {
    id: `protection:deletion:${region}`,
    about: `whether ${id} is protected from deletion`,
    severity: 'critical',
    why: 'One wrong call, or one wrong apply of the infrastructure code, deletes the database and its automated backups.',
    remedy: `Turn it on: aws rds modify-db-cluster --region ${region} --db-cluster-identifier ${id} --deletion-protection`,
  };
  if (!cluster.answered) return unknown(check, cluster.because);
  if (cluster.value === null) return missing(check, id, region);
  const on = cluster.value.DeletionProtection === true;
  return judged(check, on, `deletion protection of ${id} is ${on ? 'on' : 'off'}`);
}

function judgeZones({ region, cluster: id }: ClusterPlace, instances: Heard<readonly DBInstance[]>): Finding {
  const check: Check = {
    id: `protection:zones:${region}`,
    about: `in how many availability zones ${id} has instances`,
    severity: 'warning',
    why: 'With one instance, or all in one zone, the loss of that zone is an outage until a new instance is made.',
    remedy: `Add an instance to ${id} in another availability zone.`,
  };
  if (!instances.answered) return unknown(check, instances.because);
  const available = instances.value.filter(({ DBInstanceStatus }) => DBInstanceStatus === 'available');
  const zones = new Set(available.flatMap(({ AvailabilityZone }) => AvailabilityZone ?? []));
  const what = `${id} has ${counted(available.length, 'available instance')} in ${counted(zones.size, 'availability zone')}`;
  return judged(check, available.length > 1 && zones.size > 1, what);
}

function judgeEncryption({ region, cluster: id, kmsKey }: ClusterPlace, cluster: Heard<DBCluster | null>): Finding {
  const check: Check = {
    id: `protection:encryption:${region}`,
    about: `how ${id} is encrypted`,
    severity: 'critical',
    why: 'A copy or restore asks for the declared key; storage under another key, or none, makes it fail or breaks the rules.',
    remedy: `Declare the key in use as database.regions.${region}.restore.kmsKey, or move the database to the declared one.`,
  };
  if (!cluster.answered) return unknown(check, cluster.because);
  if (cluster.value === null) return missing(check, id, region);
  const { StorageEncrypted: encrypted = false, KmsKeyId: actual } = cluster.value;
  if (!encrypted) {
    return found(
      check,
      `the storage of ${id} is not encrypted`,
      'Restore it into an encrypted cluster: encryption cannot be turned on later.',
    );
  }
  if (kmsKey === null)
    return unknown(
      check,
      `it is encrypted with ${actual ?? 'a key'}, and no key is declared to hold that against`,
      check.remedy,
    );
  if (actual === kmsKey) return fine(check, `${id} is encrypted with the declared key`);
  return found(check, `${id} is encrypted with ${actual ?? 'an unnamed key'}, declared is ${kmsKey}`);
}

function judgeKey({ region, kmsKey }: ClusterPlace, key: SeenPlace['key']): Finding {
  const check: Check = {
    id: `protection:key:${region}`,
    about: `whether the key in ${region} can be used`,
    severity: 'critical',
    why: 'With its key disabled or gone, encrypted data cannot be read by anybody: neither database, nor backup, nor copy.',
    remedy: `Enable the key, or cancel its deletion: aws kms describe-key --region ${region} --key-id ${kmsKey ?? 'KEY'}`,
  };
  if (key === null) return unknown(check, 'none is declared', `Declare database.regions.${region}.restore.kmsKey.`);
  if (!key.answered) return unknown(check, key.because);
  const state = key.value?.KeyState ?? 'without a state';
  return judged(check, key.value?.Enabled === true && state === 'Enabled', `the key in ${region} is ${state}`);
}

const missing = (check: Check, cluster: string, region: string): Finding =>
  found(check, `there is no cluster ${cluster} in ${region}`, 'Create it, or correct the configuration.');

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
