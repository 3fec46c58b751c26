import { CallFaults } from '../aws/faults/call-faults.ts';
import { KmsTwin } from '../aws/kms/kms-twin.ts';
import { RdsTwin } from '../aws/rds/rds-twin.ts';
import { Route53Twin } from '../aws/route53/route53-twin.ts';
import { ObjectStoreTwin } from '../aws/s3/object-store-twin.ts';
import type { Backups } from '../backup/backups.ts';
import type { GlobalDatabase } from '../database/global-database.ts';
import { KubernetesTwin } from '../kubernetes/kubernetes-twin.ts';
import { PODS_PER_REGION } from '../parts/ports.ts';
import {
  addressIn,
  behind,
  type Endpoint,
  HOST,
  type Place,
  PORT,
  PROTECTED,
  RECOVERY,
  REGIONS,
  type Region,
  writerName,
} from '../topology.ts';
import { BookingPods } from './booking-pods.ts';
import { FENCE } from './configuration-file.ts';
import { regionsWithDatabase } from './database-part.ts';
import type { Folders } from './folders.ts';
import { address, type LabContext, programPart } from './lab-context.ts';
import type { Names } from './names.ts';
import { insidePart, type Part } from './part.ts';
import type { ProcessPart } from './process-part.ts';
import { RestoredClusterAddresses, type RestoredPlace } from './restored-cluster-addresses.ts';
import { KUBERNETES_TOKEN } from './write-files.ts';

/** A twin behind its link: public address for the places, a second listener for the operator's shell. */
async function twinLink(
  lab: LabContext,
  name: string,
  place: Place,
  listen: Endpoint,
  operator?: Endpoint,
): Promise<void> {
  await lab.network.link({ name, place, listen, to: behind(listen), ...(operator ? { operator } : {}) });
  lab.parts.add(insidePart({ name, place, address: address(listen), log: lab.at.supervisorLog }));
}

export interface ControlPlanes {
  readonly rds: RdsTwin;
  close(): Promise<void>;
}

/** The account's databases, as RDS shows them. */
export interface AccountDatabases {
  readonly database: GlobalDatabase;
  readonly backups: Backups;
}

/** RDS, KMS, S3 and Route 53 as AWS shows them, over what really runs. */
export async function startControlPlanes(
  lab: LabContext,
  names: Names,
  databases: Promise<AccountDatabases>,
  reachable: (from: Region, to: Region) => boolean,
): Promise<ControlPlanes> {
  const { endpoints, calls, say, at } = lab;
  const durations = () => lab.durations;
  const callFaults = new CallFaults();
  const objects = new ObjectStoreTwin({ dir: at.objects, log: calls, faults: callFaults });
  const route53 = new Route53Twin({
    zone: names.zone,
    checks: names.checks,
    durations,
    log: calls,
    faults: callFaults,
  });
  const kms = new KmsTwin({ log: calls, faults: callFaults });
  await Promise.all([
    inEachRegion(lab, 's3', objects),
    inEachRegion(lab, 'kms', kms),
    route53.listen(behind(endpoints.route53)),
    twinLink(lab, 'route53', 'us-east-1', endpoints.route53, endpoints.operator['us-east-1'].route53),
  ]);
  // The checks read the switch object: started before there was anything to read, they would begin with a wrong verdict.
  names.checks.start();
  const restored = new RestoredClusterAddresses({
    network: lab.network,
    base: lab.base,
    zone: names.zone,
    ttlSeconds: () => lab.durations.recordTtlSeconds,
    hasOwnDatabase: (region) => regionsWithDatabase(lab.settings).includes(region),
    changed: (places) =>
      lab.parts.setGroup(
        'restored',
        places.map((place) => restoredPart(place, at)),
      ),
  });
  const rds = new RdsTwin({
    ...(await databases),
    durations,
    log: calls,
    say,
    reachable,
    standby: lab.settings.standby,
    addresses: restored,
    keys: kms.keys,
    callFaults,
  });
  await inEachRegion(lab, 'rds', rds);
  return {
    rds,
    async close() {
      await Promise.all([objects.close(), route53.close(), kms.close(), rds.close()]);
    },
  };
}

/** A restored database: it comes and goes by calls to RDS, so it takes no orders here. */
const restoredPart = ({ cluster, region, at }: RestoredPlace, folders: Folders): Part => ({
  name: `database-${cluster}`,
  place: region,
  address: address(at),
  log: folders.log(`postgres-${cluster}`),
  pid: () => null,
  state: () => 'running',
  note: () => 'restored',
});

/** Has a twin serve both regions, each behind a link of its own. */
async function inEachRegion(
  lab: LabContext,
  service: 'rds' | 's3' | 'kms',
  twin: { listen(region: Region, at: Endpoint): Promise<void> },
): Promise<void> {
  const { regions, operator } = lab.endpoints;
  await Promise.all(
    REGIONS.map(async (region) => {
      const listen = regions[region][service];
      await twin.listen(region, behind(listen));
      await twinLink(lab, `${service}-${region}`, region, listen, operator[region][service]);
    }),
  );
}

/** Booking processes of both regions and the Kubernetes API that scales them. */
export async function startKubernetes(
  lab: LabContext,
): Promise<{ readonly pods: BookingPods; close(): Promise<void> }> {
  const { endpoints, parts, say, calls } = lab;
  const pods = new BookingPods({
    firstPort: lab.base + PORT.pods,
    podStartMs: () => lab.durations.podStart,
    partOf: (region, index, at) => bookingPod(lab, region, index, at),
    changed: (region, running) => parts.setGroup(`booking-${region}`, running),
    say,
  });
  const twins = await Promise.all(
    REGIONS.map(async (region) => {
      const listen = endpoints.regions[region].kubernetes;
      const twin = new KubernetesTwin({ pods, log: calls, token: KUBERNETES_TOKEN });
      await twin.listen(region, behind(listen));
      await twinLink(lab, `kubernetes-${region}`, region, listen);
      return twin;
    }),
  );
  return {
    pods,
    async close() {
      await Promise.all([pods.stop(), ...twins.map((twin) => twin.close())]);
    },
  };
}

function bookingPod(lab: LabContext, region: Region, index: number, at: Endpoint): ProcessPart {
  const id = `booking-${region}-${index}`;
  const argument = {
    id,
    region,
    ...at,
    databaseHost: writerName(region),
    databasePort: lab.endpoints.regions[region].database.port,
    resolver: lab.endpoints.resolver,
    leaseDir: lab.at.leaseMount(region),
    leaseTtlMs: FENCE.leaseTtlMs,
    honoursLease: lab.settings.honoursLease,
    localAddress: addressIn(region, HOST.pods),
    logLevel: 'warn',
  };
  return programPart(lab, {
    name: id,
    place: region,
    program: 'booking-service',
    args: [JSON.stringify(argument)],
    address: address(at),
    stopMs: 2_000,
  });
}

/** One front door per region, each behind a link: that address is what the public name points at. */
export async function startFrontDoors(lab: LabContext): Promise<Readonly<Record<Region, ProcessPart>>> {
  const start = async (region: Region): Promise<ProcessPart> => {
    const listen = lab.endpoints.regions[region].frontDoor;
    const argument = {
      region,
      ...behind(listen),
      pods: { host: addressIn(region, HOST.pods), portsFrom: lab.base + PORT.pods, count: PODS_PER_REGION },
      localAddress: addressIn(region, HOST.frontDoor),
    };
    const part = lab.parts.add(
      programPart(lab, {
        name: `front-door-${region}`,
        place: region,
        program: 'front-door',
        args: [JSON.stringify(argument)],
        address: address(listen),
        stopMs: 2_000,
      }),
    );
    await lab.network.link({ name: part.name, place: region, listen, to: behind(listen) });
    await part.start();
    return part;
  };
  const [first, second] = await Promise.all([start(PROTECTED), start(RECOVERY)]);
  return { [PROTECTED]: first, [RECOVERY]: second };
}
