import { z } from 'zod';
import { LifeboatError } from '../../domain/errors.ts';
import { REGIONS } from '../topology.ts';

const region = z.enum(REGIONS, { error: `one of ${REGIONS.join(', ')}` });
const place = z.enum([...REGIONS, 'eu-central-1', 'us-east-1', 'outside', 'operator', '*'], {
  error: 'a place of the lab, or *',
});
const milliseconds = z.number({ error: 'milliseconds' }).min(0);

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
  ],
  { error: 'lose, partition, replication-delay, freeze-writer, freeze or link' },
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
  }
}
