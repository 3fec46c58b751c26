import { z } from 'zod';
import { isRecordType, type RecordSet } from '../../dns/record-set.ts';
import type { ZoneChange } from '../../dns/zone-change.ts';
import { nameFromWire } from './domain-names.ts';
import { invalidInput, Route53Error } from './route53-error.ts';
import { readXml } from './xml.ts';

/** Limits of one batch; an UPSERT counts twice. */
const MOST_RECORDS = 1_000;
const MOST_CHARACTERS = 32_000;
const MOST_TTL_SECONDS = 2_147_483_647;
/** Routing that Route 53 has and the lab has not. */
const NOT_IN_THE_LAB = [
  'Weight',
  'Region',
  'GeoLocation',
  'GeoProximityLocation',
  'MultiValueAnswer',
  'CidrRoutingConfig',
  'AliasTarget',
  'TrafficPolicyInstanceId',
] as const;

const wireRecord = z.looseObject({
  Name: z.string().min(1),
  Type: z.string().min(1),
  SetIdentifier: z.string().min(1).max(128).optional(),
  Failover: z.enum(['PRIMARY', 'SECONDARY']).optional(),
  TTL: z.string().regex(/^\d+$/).optional(),
  ResourceRecords: z.object({ ResourceRecord: z.array(z.object({ Value: z.string().min(1) })).min(1) }).optional(),
  HealthCheckId: z.string().min(1).optional(),
});
type WireRecord = z.infer<typeof wireRecord>;

const wireRequest = z.object({
  ChangeResourceRecordSetsRequest: z.object({
    ChangeBatch: z.object({
      Comment: z.string().max(256).optional(),
      Changes: z.object({
        Change: z
          .array(z.object({ Action: z.enum(['CREATE', 'DELETE', 'UPSERT']), ResourceRecordSet: wireRecord }))
          .min(1),
      }),
    }),
  }),
});

interface ChangeRequest {
  readonly comment: string | null;
  readonly changes: readonly ZoneChange[];
}

/** The record set that a change names, or the complaint Route 53 makes about its shape. */
function recordOf(action: string, wire: WireRecord): RecordSet {
  const name = nameFromWire(wire.Name);
  const where = `in Change with [Action=${action}, Name=${name}, Type=${wire.Type}, SetIdentifier=${wire.SetIdentifier ?? 'null'}]`;
  const unknown = NOT_IN_THE_LAB.find((field) => wire[field] !== undefined);
  if (unknown) throw invalidInput(`the lab has no '${unknown}' (Route 53 does), ${where}`);
  if (!isRecordType(wire.Type)) throw invalidInput(`the lab has no records of type '${wire.Type}', ${where}`);
  if (wire.TTL === undefined || wire.ResourceRecords === undefined) {
    throw invalidInput(
      `Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none ${where}`,
    );
  }
  if (wire.Failover !== undefined && wire.SetIdentifier === undefined) {
    throw invalidInput(`Missing field 'SetIdentifier' ${where}`);
  }
  if (wire.Failover === undefined && wire.SetIdentifier !== undefined) {
    throw invalidInput(
      `Expected exactly one of [Weight, Region, Failover, GeoLocation, or MultiValueAnswer], but found none ${where}`,
    );
  }
  const ttlSeconds = Number(wire.TTL);
  if (ttlSeconds > MOST_TTL_SECONDS) throw invalidInput(`TTL must be at most ${MOST_TTL_SECONDS} ${where}`);
  return {
    name,
    type: wire.Type,
    ttlSeconds,
    values: wire.ResourceRecords.ResourceRecord.map((record) => record.Value),
    ...(wire.SetIdentifier === undefined ? {} : { setIdentifier: wire.SetIdentifier }),
    ...(wire.Failover === undefined ? {} : { failover: wire.Failover }),
    ...(wire.HealthCheckId === undefined ? {} : { healthCheckId: wire.HealthCheckId }),
  };
}

function requireLimits(changes: readonly ZoneChange[]): void {
  const weight = (change: ZoneChange) => (change.action === 'UPSERT' ? 2 : 1);
  const total = (count: (change: ZoneChange) => number) =>
    changes.reduce((sum, change) => sum + weight(change) * count(change), 0);
  if (total(({ record }) => record.values.length) > MOST_RECORDS) {
    throw new Route53Error(400, 'InvalidChangeBatch', `[Number of records limit of ${MOST_RECORDS} exceeded.]`);
  }
  if (total(({ record }) => record.values.join('').length) > MOST_CHARACTERS) {
    throw new Route53Error(400, 'InvalidChangeBatch', `[Number of characters limit of ${MOST_CHARACTERS} exceeded.]`);
  }
}

/**
 * Reads the body of a ChangeResourceRecordSets call.
 * @throws Route53Error `MalformedInput`, `InvalidInput` or `InvalidChangeBatch`.
 */
export function readChangeRequest(body: string): ChangeRequest {
  const parsed = wireRequest.safeParse(readXml(body));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidInput(`${issue?.path.join('/') ?? 'body'}: ${issue?.message ?? 'not understood'}`);
  }
  const { Comment, Changes } = parsed.data.ChangeResourceRecordSetsRequest.ChangeBatch;
  const changes = Changes.Change.map(({ Action, ResourceRecordSet }) => ({
    action: Action,
    record: recordOf(Action, ResourceRecordSet),
  }));
  requireLimits(changes);
  return { comment: Comment ?? null, changes };
}
