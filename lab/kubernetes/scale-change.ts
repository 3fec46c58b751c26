import { badRequest, conflict, invalid, unsupportedMediaType } from './status-failure.ts';

/** The parts of a Scale that a client can change or make its change depend on. */
export interface Scale {
  readonly name: string;
  readonly replicas: number;
  readonly resourceVersion: string;
}

const MERGE_PATCHES = ['application/merge-patch+json', 'application/strategic-merge-patch+json'];
const JSON_PATCH = 'application/json-patch+json';
const REPLICAS_POINTER = '/spec/replicas';

/** Replicas a PATCH of the scale subresource asks for; throws `StatusFailure` for what a real API server refuses. */
export function patchedReplicas(contentType: string | undefined, body: string, now: Scale): number {
  const type = mediaType(contentType);
  if (type === JSON_PATCH) return jsonPatched(parse(body), now);
  if (!MERGE_PATCHES.includes(type)) throw unsupportedMediaType([JSON_PATCH, ...MERGE_PATCHES]);
  const fields = objectOf(parse(body), 'a patch');
  unchangedSince(fields, now);
  const spec = fields['spec'] === undefined ? {} : objectOf(fields['spec'], 'spec');
  return spec['replicas'] === undefined ? now.replicas : replicasOf(spec['replicas'], now);
}

/** Replicas a PUT of the scale subresource asks for; no number means 0, as the real type has it. */
export function replacedReplicas(contentType: string | undefined, body: string, now: Scale): number {
  if (mediaType(contentType) !== 'application/json') throw unsupportedMediaType(['application/json']);
  const fields = objectOf(parse(body), 'a Scale');
  const name = fields['metadata'] === undefined ? undefined : objectOf(fields['metadata'], 'metadata')['name'];
  if (name !== undefined && name !== now.name) {
    throw badRequest(`the name of the object (${String(name)}) does not match the name on the URL (${now.name})`);
  }
  unchangedSince(fields, now);
  const spec = fields['spec'] === undefined ? {} : objectOf(fields['spec'], 'spec');
  return replicasOf(spec['replicas'] ?? 0, now);
}

function jsonPatched(operations: unknown, now: Scale): number {
  if (!Array.isArray(operations))
    throw badRequest('json: cannot unmarshal object into Go value of type jsonpatch.Patch');
  let { replicas } = now;
  for (const each of operations) {
    const { op, path, value } = objectOf(each, 'an operation');
    if (path !== REPLICAS_POINTER) throw invalid(now.name, String(path), 'only /spec/replicas can be changed here');
    if (op === 'test' && value !== replicas) throw invalid(now.name, 'patch', `testing value ${path} failed`);
    if (op === 'replace' || op === 'add') replicas = replicasOf(value, now);
    else if (op !== 'test') throw invalid(now.name, 'patch', `unexpected kind: ${String(op)}`);
  }
  return replicas;
}

/** A change that names the version it was made from is refused when that is no longer the newest. */
function unchangedSince(fields: Readonly<Record<string, unknown>>, now: Scale): void {
  if (fields['metadata'] === undefined) return;
  const { resourceVersion } = objectOf(fields['metadata'], 'metadata');
  if (resourceVersion !== undefined && resourceVersion !== now.resourceVersion) throw conflict(now.name);
}

function replicasOf(value: unknown, now: Scale): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw badRequest(
      `json: cannot unmarshal ${typeof value} into Go struct field ScaleSpec.spec.replicas of type int32`,
    );
  }
  if (value >= 0) return value;
  throw invalid(now.name, 'spec.replicas', `Invalid value: ${value}: must be greater than or equal to 0`);
}

const mediaType = (contentType: string | undefined): string => (contentType ?? '').split(';')[0]!.trim();

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    throw badRequest(`the object provided is unrecognized: ${(error as Error).message}`);
  }
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badRequest(`json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into ${what}`);
}
