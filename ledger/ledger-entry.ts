import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { LifeboatError } from '../domain/errors.ts';
import { ENTRY_TYPES, type EntryType, type EvidenceDraft } from '../domain/evidence.ts';
import { ledgerNumber } from '../domain/ids.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { SignedStatement } from '../domain/statement.ts';
import { type Envelope, signEnvelope } from '../identity/dsse.ts';
import { canonicalJson } from './canonical-json.ts';
import { sha256 } from './sha256.ts';

const IN_TOTO_TYPE = 'application/vnd.in-toto+json';
const STATEMENT_TYPE = 'https://in-toto.io/Statement/v1';
const PREDICATE_TYPE = 'https://lifeboat.invalid/evidence/v1';

/** One entry as readers see it. */
export interface LedgerEntry {
  /** `000000000042` */
  readonly entry: string;
  readonly sequence: number;
  /** SHA-256 of the entry's file, hex: what the next entry names as `previous`, and what a checkpoint notes. */
  readonly digest: string;
  /** `null` in the first entry. */
  readonly previous: string | null;
  readonly type: EntryType;
  readonly executionId: string;
  readonly service: string;
  readonly at: string;
  readonly facts: Readonly<Record<string, Json>>;
  readonly statement: SignedStatement | null;
  /** SHA-256 of the SPKI DER of the key that signed the entry. */
  readonly keyId: string;
  /** Digest of what was asked to be kept: the same draft again is this entry. */
  readonly draft: string;
  readonly artefacts: readonly { readonly name: string; readonly sha256: string }[];
}

const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** Whatever was parsed from JSON is JSON: walking it again would only cost time. */
const json = z.unknown() as unknown as z.ZodType<Json>;
const signature = z.strictObject({ keyid: digest, sig: z.string() });

const envelopeSchema = z.strictObject({
  payload: z.string(),
  payloadType: z.literal(IN_TOTO_TYPE),
  signatures: z.tuple([signature]),
});

const statementSchema = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  predicateType: z.literal(PREDICATE_TYPE),
  subject: z.array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: digest }) })).min(1),
  predicate: z.strictObject({
    sequence: z.int().positive(),
    previous: digest.nullable(),
    type: z.enum(ENTRY_TYPES),
    executionId: z.string(),
    service: z.string(),
    at: z.string(),
    facts: z.record(z.string(), json),
    statement: z
      .strictObject({
        payloadType: z.string(),
        payload: z.string(),
        signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.string() })),
      })
      .nullable(),
    keyId: digest,
    draft: digest,
  }),
});

/** What a draft becomes before it has a number: its digest and the artefacts to store first. */
export interface PreparedDraft {
  readonly draft: EvidenceDraft;
  readonly digest: string;
  readonly artefacts: readonly { readonly name: string; readonly digest: string; readonly bytes: Buffer }[];
}

/**
 * Gives a draft its identity and its artefacts their names. An in-toto statement needs a subject, so a draft without
 * artefacts has its own facts for one.
 */
export function prepareDraft(draft: EvidenceDraft): PreparedDraft {
  const named = draft.artefacts.length > 0 ? draft.artefacts : [{ name: 'facts', json: draft.facts }];
  const artefacts = named.map(({ name, json: value }) => {
    const bytes = canonicalJson(value);
    return { name, digest: sha256(bytes), bytes };
  });
  // The content of artefacts is left out: a retry may read a longer journal, and is the same entry all the same.
  const identity = { ...draft, artefacts: artefacts.map(({ name }) => name) };
  return { draft, digest: sha256(canonicalJson(identity as unknown as JsonObject)), artefacts };
}

/** The bytes of the entry's file. */
export function encodeEntry(
  prepared: PreparedDraft,
  place: { readonly sequence: number; readonly previous: string | null },
  key: { readonly privateKey: KeyObject; readonly keyId: string },
): Buffer {
  const { type, executionId, service, at, facts, statement } = prepared.draft;
  const body = {
    _type: STATEMENT_TYPE,
    predicateType: PREDICATE_TYPE,
    subject: prepared.artefacts.map(({ name, digest: sha }) => ({ name, digest: { sha256: sha } })),
    predicate: { ...place, type, executionId, service, at, facts, statement, keyId: key.keyId, draft: prepared.digest },
  };
  const signed = signEnvelope(IN_TOTO_TYPE, canonicalJson(body as unknown as JsonObject), key.privateKey, key.keyId);
  return envelopeBytes(signed);
}

/** One line of canonical JSON with a newline: there is one way to write an entry, so no byte can change unseen. */
function envelopeBytes({ payload, payloadType, signatures }: Envelope): Buffer {
  const ordered = { payload, payloadType, signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig })) };
  return Buffer.from(`${JSON.stringify(ordered)}\n`);
}

export interface DecodedEntry {
  readonly entry: LedgerEntry;
  readonly envelope: Envelope;
}

/**
 * Reads an entry's file. Checks its form to the byte, not its signature.
 * @throws LifeboatError DR_LEDGER_CORRUPT
 */
export function decodeEntry(bytes: Buffer, sequence: number): DecodedEntry {
  const number = ledgerNumber(sequence);
  const envelope = envelopeSchema.safeParse(parse(bytes));
  if (!envelope.success) throw corrupt(number, 'is not a DSSE envelope of an in-toto statement');
  if (!envelopeBytes(envelope.data).equals(bytes)) throw corrupt(number, 'is not written as Lifeboat writes it');
  const body = Buffer.from(envelope.data.payload, 'base64');
  const statement = statementSchema.safeParse(parse(body));
  if (body.toString('base64') !== envelope.data.payload || !statement.success) {
    throw corrupt(number, 'does not hold a statement of evidence');
  }
  const { predicate, subject } = statement.data;
  if (predicate.sequence !== sequence) throw corrupt(number, `says it is entry ${ledgerNumber(predicate.sequence)}`);
  const artefacts = subject.map(({ name, digest: { sha256: sha } }) => ({ name, sha256: sha }));
  return { entry: { entry: number, digest: sha256(bytes), ...predicate, artefacts }, envelope: envelope.data };
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

const corrupt = (entry: string, says: string): LifeboatError =>
  new LifeboatError('DR_LEDGER_CORRUPT', `entry ${entry} ${says}`, { field: `ledger/${entry}.json` });
