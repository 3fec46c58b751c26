import { AuthoritativeServer } from '../dns/authoritative-server.ts';
import { CachingResolver } from '../dns/caching-resolver.ts';
import { HealthChecks } from '../dns/health-checks.ts';
import { Zone } from '../dns/zone.ts';
import { addressIn, CONTROL, HOST, HOSTED_ZONE_ID, ZONE } from '../topology.ts';
import { address, type LabContext } from './lab-context.ts';
import { insidePart } from './part.ts';
import { switchCheck, zoneRecords } from './zone-records.ts';

export interface Names {
  readonly zone: Zone;
  readonly checks: HealthChecks;
  close(): Promise<void>;
}

/** The lab's DNS: one zone, health checks really performed, two authoritative servers, one caching resolver. */
export async function startNames(lab: LabContext): Promise<Names> {
  const { endpoints, durations, parts, at } = lab;
  const zone = new Zone({ name: ZONE, id: HOSTED_ZONE_ID, records: zoneRecords(endpoints, durations) });
  const checks = new HealthChecks({ durations: () => durations });
  checks.add(switchCheck(endpoints));
  const servers = endpoints.authoritative.map(
    () => new AuthoritativeServer({ zone, checks, lagMs: () => durations.zoneLag }),
  );
  const resolver = new CachingResolver({
    authoritative: endpoints.authoritative,
    localAddress: addressIn(CONTROL, HOST.resolver),
  });
  await Promise.all([
    resolver.listen(endpoints.resolver),
    ...servers.map((server, index) => server.listen(endpoints.authoritative[index]!)),
  ]);
  endpoints.authoritative.forEach((endpoint, index) => {
    const name = `name-server-${index + 1}`;
    parts.add(insidePart({ name, place: CONTROL, address: address(endpoint), log: at.supervisorLog }));
  });
  parts.add(
    insidePart({
      name: 'resolver',
      place: CONTROL,
      address: address(endpoints.resolver),
      log: at.supervisorLog,
    }),
  );
  return {
    zone,
    checks,
    async close() {
      checks.stop();
      await Promise.all([resolver.close(), ...servers.map((server) => server.close())]);
    },
  };
}
