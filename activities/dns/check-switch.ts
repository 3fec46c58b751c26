import {
  GetHealthCheckCommand,
  type HealthCheckConfig,
  ListHostedZonesByNameCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { checkSwitch as contract } from '../../runbooks/actions/dns/check-switch.ts';
import { implement } from '../attempt/implement.ts';
import type { Clients } from '../clients/clients.ts';
import { heard } from '../clients/heard.ts';
import { readObject } from '../traffic/read-object.ts';

/** The record store is far away and not needed for the move: it gets this long to answer. */
const RECORDS_MS = 2_000;

interface SeenRecords {
  readonly primary: ResourceRecordSet | null;
  readonly secondary: ResourceRecordSet | null;
  readonly check: HealthCheckConfig | null;
}

export const checkSwitch = implement(contract, {
  async observe(clients, input) {
    const [object, records] = await Promise.all([
      readObject(clients, input),
      heard('route53', RECORDS_MS, readRecords(clients, input.zone, input.name)),
    ]);
    return { object, records };
  },
  decide(input, { object, records }) {
    const common = {
      state: object ? ('recovery' as const) : ('protected' as const),
      etag: object?.etag ?? null,
    };
    if (!records.answered) {
      return done({
        ...common,
        records: 'unverified',
        ttlSeconds: null,
        recordedAddresses: { protected: [], recovery: [] },
        warnings: [`records not verified: ${records.because}`],
      });
    }
    const { primary, secondary, check } = records.value;
    const missing = problems(input, records.value);
    if (missing.length > 0) {
      return refuse(
        errorShape('DR_SWITCH_NOT_READY', `the switch of ${input.name} cannot move traffic: ${missing.join('; ')}`, {
          field: input.name,
          expected: `failover records, the primary with an inverted health check on /${input.bucket}/${input.key}`,
          actual: check?.ResourcePath ?? null,
        }),
      );
    }
    const ttlSeconds = Math.max(primary?.TTL ?? 0, secondary?.TTL ?? 0);
    const warnings = [
      ...(ttlSeconds > input.ttlAtMostSeconds ? [`DNS TTL ${ttlSeconds} s, wants ≤ ${input.ttlAtMostSeconds}`] : []),
      ...(object ? ['the switch stands on recovery already'] : []),
    ];
    const recordedAddresses = { protected: addressesOf(primary), recovery: addressesOf(secondary) };
    return done({ ...common, records: 'verified', ttlSeconds, recordedAddresses, warnings });
  },
});

async function readRecords(clients: Clients, zone: string, name: string): Promise<SeenRecords> {
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

function problems(
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

const addressesOf = (set: ResourceRecordSet | null): string[] =>
  (set?.ResourceRecords ?? []).map((record) => record.Value ?? '');
const dotted = (name: string): string => (name.endsWith('.') ? name : `${name}.`);
