import { z } from 'zod';
import type { Json } from '../domain/json.ts';
import { MODES, PURPOSES } from '../domain/mode.ts';
import type { Statement } from '../domain/statement.ts';

const instant = z.iso.datetime();

const signer = { person: z.string().min(1), executionId: z.string().min(1), reason: z.string(), issuedAt: instant };

const start = z.strictObject({
  type: z.literal('start'),
  ...signer,
  runbook: z.string().min(1),
  service: z.string().min(1),
  parameters: z.record(z.string(), z.json() as z.ZodType<Json>),
  mode: z.enum(MODES),
  purpose: z.enum(PURPOSES),
  planDigest: z.string().min(1).nullable(),
});

const gate = z.strictObject({
  type: z.enum(['approve', 'deny']),
  ...signer,
  gateId: z.string().min(1),
  planDigest: z.string().min(1),
  factsDigest: z.string().min(1),
  bounds: z.array(z.string()),
  accepts: z.array(z.string()),
  expiresAt: instant,
});

const skip = z.strictObject({
  type: z.literal('skip'),
  ...signer,
  stepId: z.string().min(1),
  planDigest: z.string().min(1),
  expiresAt: instant,
});

const abort = skip.extend({ type: z.literal('abort'), stepId: z.null() });

/** Fits exactly one shape each: unknown fields are refused, because a person would have signed what nobody reads. */
export const statementSchema: z.ZodType<Statement> = z.discriminatedUnion('type', [start, gate, skip, abort]);
