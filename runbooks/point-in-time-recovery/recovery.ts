import type { z } from 'zod';
import { LifeboatError } from '../../domain/errors.ts';
import type { RestorePlacement } from '../../domain/service.ts';
import type { placement } from '../actions/restore/placement.ts';
import type { Ref } from '../language/reference.ts';
import type { BuildTools } from '../language/runbook.ts';

export interface RecoveryParameters {
  readonly restoreTo: string;
  readonly then: 'keep' | 'copy-rows' | 'swap';
  readonly tables?: string;
  readonly region?: string;
  readonly quorum: number;
  readonly lossAtMostRows?: number;
}

export type RecoveryTools = BuildTools<RecoveryParameters>;

/** Which database is damaged. */
export interface Damaged {
  readonly region: string;
  readonly source: string;
}

/** Where the copy is put: as declared, or as a step finds that production stands. */
export type Placement = RestorePlacement | Ref<z.output<typeof placement>>;

/** What only other branches take. */
export function refuseParameter(
  params: RecoveryParameters,
  field: 'tables' | 'lossAtMostRows',
  goesWith: string,
): void {
  if (params[field] === undefined) return;
  throw new LifeboatError('DR_PARAMETER_INVALID', `${field} goes with then=${goesWith} only`, {
    field,
    expected: 'absent',
    actual: params[field],
    remedy: `Leave it out, or: --param then=${goesWith}`,
  });
}
