import { z } from 'zod';
import { LifeboatError } from '../../domain/errors.ts';
import { REGIONS } from '../topology.ts';

const region = z.enum(REGIONS, { error: `one of ${REGIONS.join(', ')}` });
const place = z.enum([...REGIONS, 'eu-central-1', 'us-east-1', 'outside', 'operator', '*'], {
  error: 'a place of the lab, or *',
});
const milliseconds = z.number({ error: 'milliseconds' }).min(0);
const wholeNumber = z.int({ error: 'a whole number' });

export const SPOILED_BACKUPS = ['corrupt-archive', 'missing-segment', 'damage-next-restore'] as const;
export const CALL_EFFECTS = ['throttle', 'server_error', 'lost_reply'] as const;
export const CALLED_SERVICES = ['rds', 'kms', 's3', 'route53'] as const;
export const MISPLACEMENTS = ['default-security-group', 'wrong-key'] as const;

/** Faults that can be brought upon a lab. */
export const faultSchema = z.discriminatedUnion(
  'kind',
  [
    /** A place is gone: links cut, bytes in flight dropped, every process of it killed, in one act. */
    z.strictObject({ kind: z.literal('lose'), region, as: z.enum(['black-hole', 'refuse']) }),
    /** A place is cut off from all others, lease folder included, and lives on. */
    z.strictObject({ kind: z.literal('partition'), region }),
    /** Replication arrives late from now on. */
    z.strictObject({ kind: z.literal('replication-delay'), ms: milliseconds }),
    /** One booking process stops itself between its last lease check and COMMIT, at the next booking it takes. */
    z.strictObject({ kind: z.literal('freeze-writer'), region }),
    /** A process and everything below it is stopped. */
    z.strictObject({ kind: z.literal('freeze'), part: z.string() }),
    /** One link direction, in the network's own terms. */
    z.strictObject({
      kind: z.literal('link'),
      from: place,
      to: place,
      mode: z.enum(['open', 'refuse', 'black_hole', 'slow', 'half_open']),
      ms: milliseconds.optional(),
    }),
    /** Backups are not what they seem; `heal` does not mend what was spoiled. */
    z
      .strictObject({
        kind: z.literal('backups'),
        what: z.enum(SPOILED_BACKUPS, { error: `one of ${SPOILED_BACKUPS.join(', ')}` }),
        /** Run by the superuser in the next restored database, before anybody can log in. */
        sql: z.string({ error: 'SQL' }).min(1, { error: 'SQL' }).optional(),
      })
      .refine(({ what, sql }) => (what === 'damage-next-restore') === (sql !== undefined), {
        path: ['sql'],
        error: 'SQL with damage-next-restore, and only with it',
      }),
    /** Calls of one operation end badly: so many times, or each with a probability that a seed decides. */
    z
      .strictObject({
        kind: z.literal('calls'),
        service: z.enum(CALLED_SERVICES, { error: `one of ${CALLED_SERVICES.join(', ')}` }),
        operation: z.string({ error: 'an operation of the service, or *' }).min(1, {
          error: 'an operation of the service, or *',
        }),
        /** `lost_reply`: it is done, and the answer never arrives. */
        effect: z.enum(CALL_EFFECTS, { error: `one of ${CALL_EFFECTS.join(', ')}` }),
        /** Where it is called; absent: everywhere. */
        region: z.enum([...REGIONS, 'us-east-1'], { error: `one of ${REGIONS.join(', ')}, us-east-1` }).optional(),
        times: wholeNumber.min(1, { error: 'at least 1' }).optional(),
        probability: z
          .number({ error: 'a number from 0 to 1' })
          .min(0, { error: 'a number from 0 to 1' })
          .max(1, { error: 'a number from 0 to 1' })
          .optional(),
        seed: wholeNumber.optional(),
      })
      .refine(({ times, probability }) => times === undefined || probability === undefined, {
        path: ['times'],
        error: 'times or probability, not both',
      }),
    /** The next snapshot copy fails when it has come that far. */
    z.strictObject({
      kind: z.literal('copy'),
      failsAtPercent: z
        .number({ error: 'a percentage' })
        .min(0, { error: 'a percentage, 0 to 100' })
        .max(100, { error: 'a percentage, 0 to 100' }),
    }),
    /** The next restore stands elsewhere than was asked for. */
    z.strictObject({
      kind: z.literal('placement'),
      what: z.enum(MISPLACEMENTS, { error: `one of ${MISPLACEMENTS.join(', ')}` }),
      /** Where the wrong key is one of; absent: the protected region, where drills restore. */
      region: region.optional(),
    }),
  ],
  {
    error: 'lose, partition, replication-delay, freeze-writer, freeze, link, backups, calls, copy or placement',
  },
);
export type Fault = z.output<typeof faultSchema>;

export function parseFault(value: unknown): Fault {
  const parsed = faultSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const field = issue.path.join('.') || 'fault';
  throw new LifeboatError('DR_LAB_FAULT_UNKNOWN', `${field}: expected ${issue.message}; got ${JSON.stringify(value)}`, {
    field,
    expected: issue.message,
  });
}

/** What was done, and when exactly: the instants before the first and after the last of it. */
export interface FaultRecord {
  readonly at: string;
  /** Unix milliseconds, with fractions. */
  readonly atMs: number;
  readonly doneAtMs: number;
  readonly fault: Fault | { readonly kind: 'heal' };
  readonly says: readonly string[];
}

export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'lose':
      return `${fault.region} lost (${fault.as})`;
    case 'partition':
      return `${fault.region} cut off, its processes alive`;
    case 'replication-delay':
      return `replication ${fault.ms} ms late`;
    case 'freeze-writer':
      return `one writer of ${fault.region} freezes before its next commit`;
    case 'freeze':
      return `${fault.part} frozen`;
    case 'link':
      return `${fault.from} → ${fault.to}: ${fault.mode}${fault.ms === undefined ? '' : ` ${fault.ms} ms`}`;
    case 'backups':
      return `backups: ${fault.what}`;
    case 'calls':
      return `${fault.service}:${fault.operation}: ${fault.effect}, ${howOften(fault)}`;
    case 'copy':
      return `the next snapshot copy fails at ${fault.failsAtPercent} %`;
    case 'placement':
      return `the next restore: ${fault.what}`;
  }
}

function howOften({ times, probability }: Extract<Fault, { kind: 'calls' }>): string {
  if (probability !== undefined) return `with probability ${probability}`;
  return times === undefined ? 'every time' : `${times} ${times === 1 ? 'time' : 'times'}`;
}
