import type { HealthChecks } from '../../dns/health-checks.ts';
import type { Zone } from '../../dns/zone.ts';
import type { Durations } from '../../topology.ts';
import { invalidInput } from './route53-error.ts';
import type { SubmittedChanges } from './submitted-changes.ts';
import type { XmlValue } from './xml.ts';

/** What the operations work on. */
export interface ControlPlane {
  readonly zone: Zone;
  readonly checks: HealthChecks;
  readonly changes: SubmittedChanges;
  readonly durations: () => Durations;
}

export interface OperationRequest {
  /** The `{id}` of the path; empty where the path has none. */
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

export interface OperationResult {
  readonly body: { readonly [element: string]: XmlValue };
  /** What it was about, for the call log; absent means the id of the path. */
  readonly target?: string;
}

/** One operation of the API. Handlers are synchronous, so none can see another's change half done. */
export interface Operation {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Path below `/2013-04-01/`, with `{id}` where an id stands. */
  readonly path: string;
  readonly mutating: boolean;
  handle(plane: ControlPlane, request: OperationRequest): OperationResult;
}

/**
 * Page size from `maxitems`: a number from 1, cut off at the most a page may hold.
 * @throws Route53Error `InvalidInput` for anything else.
 */
export function pageSize(query: URLSearchParams, most: number): number {
  const asked = query.get('maxitems') ?? String(most);
  if (!/^[1-9]\d*$/.test(asked)) throw invalidInput(`'MaxItems' must be a number from 1, not '${asked}'`);
  return Math.min(Number(asked), most);
}
