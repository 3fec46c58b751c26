import {
  GetHealthCheckCommand,
  type HealthCheckConfig,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import type { Clients } from '../clients/clients.ts';

/** The failover records of the public name, and the health check that the primary is keyed to; `null` where there is none. */
export interface SeenRecords {
  readonly primary: ResourceRecordSet | null;
  readonly secondary: ResourceRecordSet | null;
  readonly check: HealthCheckConfig | null;
}

/** As Route 53 tells them: a distant control plane (us-east-1) that may not answer. */
export async function readRecords(clients: Clients, zone: string, name: string): Promise<SeenRecords> {
  const route53 = clients.route53();
  const { HostedZones } = await route53.send(new ListHostedZonesByNameCommand({ DNSName: zone, MaxItems: 1 }));
  const hosted = HostedZones?.find((candidate) => candidate.Name === dotted(zone));
  if (!hosted) return { primary: null, secondary: null, check: null };
  const sets = await route53.send(
    new ListResourceRecordSetsCommand({
      HostedZoneId: hosted.Id,
      StartRecordName: name,
      StartRecordType: 'A',
      MaxItems: 10,
    }),
  );
  const ours = (sets.ResourceRecordSets ?? []).filter((set) => set.Name === dotted(name) && set.Type === 'A');
  const primary = ours.find((set) => set.Failover === 'PRIMARY') ?? null;
  const secondary = ours.find((set) => set.Failover === 'SECONDARY') ?? null;
  const check = primary?.HealthCheckId
    ? await route53.send(new GetHealthCheckCommand({ HealthCheckId: primary.HealthCheckId }))
    : null;
  return { primary, secondary, check: check?.HealthCheck?.HealthCheckConfig ?? null };
}

/** Why these records could not move traffic; empty when they can. */
export function switchProblems(
  input: {
    readonly bucket: string;
    readonly key: string;
    readonly protectedAddress: string;
    readonly recoveryAddress: string;
  },
  { primary, secondary, check }: SeenRecords,
): string[] {
  if (!primary || !secondary) return ['the failover records are not there'];
  return [
    ...(addressesOf(primary).includes(input.protectedAddress)
      ? []
      : [`the primary record does not hold ${input.protectedAddress}`]),
    ...(addressesOf(secondary).includes(input.recoveryAddress)
      ? []
      : [`the secondary record does not hold ${input.recoveryAddress}`]),
    ...(check ? [] : ['the primary record has no health check']),
    ...(check && !check.Inverted
      ? ['its health check is not inverted: it would flip back when the old region half-returns']
      : []),
    ...(check && check.ResourcePath !== `/${input.bucket}/${input.key}`
      ? [`its health check watches ${check.ResourcePath}`]
      : []),
  ];
}

/** Longest that an answer may be cached. */
export const ttlOf = ({ primary, secondary }: SeenRecords): number => Math.max(primary?.TTL ?? 0, secondary?.TTL ?? 0);

export const addressesOf = (set: ResourceRecordSet | null): string[] =>
  (set?.ResourceRecords ?? []).map((record) => record.Value ?? '');
const dotted = (name: string): string => (name.endsWith('.') ? name : `${name}.`);
