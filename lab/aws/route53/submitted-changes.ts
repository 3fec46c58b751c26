import { randomBytes } from 'node:crypto';
import type { Durations } from '../../topology.ts';
import { Route53Error } from './route53-error.ts';
import type { XmlValue } from './xml.ts';

interface Submitted {
  readonly id: string;
  readonly at: Date;
  readonly startedMs: number;
  readonly comment: string | null;
}

/** Change batches that were accepted, and whether the name servers are supposed to know them. */
export class SubmittedChanges {
  readonly #durations: () => Durations;
  readonly #changes = new Map<string, Submitted>();

  constructor(durations: () => Durations) {
    this.#durations = durations;
  }

  submit(comment: string | null): { readonly [element: string]: XmlValue } {
    const id = `C${randomBytes(10).toString('hex').toUpperCase()}`;
    this.#changes.set(id, { id, at: new Date(), startedMs: performance.now(), comment });
    return this.describe(id);
  }

  /** @throws Route53Error `NoSuchChange`. */
  describe(id: string): { readonly [element: string]: XmlValue } {
    const change = this.#changes.get(id);
    if (!change) throw new Route53Error(404, 'NoSuchChange', `Could not find resource with ID: ${id}`);
    const { route53InSync, zoneLag } = this.#durations();
    // INSYNC promises that every name server answers with it, however short the configured delay is.
    const inSync = performance.now() - change.startedMs >= Math.max(route53InSync, zoneLag);
    return {
      Id: `/change/${change.id}`,
      Status: inSync ? 'INSYNC' : 'PENDING',
      SubmittedAt: change.at.toISOString(),
      ...(change.comment === null ? {} : { Comment: change.comment }),
    };
  }
}
