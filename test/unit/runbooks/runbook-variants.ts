// biome-ignore-all lint/suspicious/noThenProperty: a parameter is called so; no promise is near.
import type { Json } from '../../../domain/json.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import type { Runbook } from '../../../runbooks/language/runbook.ts';
import { RUNBOOKS } from '../../../runbooks/registry.ts';

export interface Variant {
  readonly says: string;
  readonly runbook: Runbook;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** Parameters beside a runbook's own example under which it has other steps. */
const OTHER_PARAMETERS: Readonly<Record<string, readonly Readonly<Record<string, Json>>[]>> = {
  'region-failover': [{ to: 'eu-west-3', strategy: 'restore' }],
  'point-in-time-recovery': [
    { restoreTo: '2026-11-21T03:11:59Z', then: 'keep' },
    { restoreTo: '2026-11-21T03:11:59Z', then: 'swap' },
    { restoreTo: '2026-11-21T03:11:59Z', then: 'swap', lossAtMostRows: 100 },
  ],
  'pitr-restore-drill': [{ restoreTo: '2026-11-21T03:12:07.412345Z' }, { region: 'eu-west-3' }],
  'snapshot-copy': [
    { source: 'now' },
    { validate: 'always' },
    { validate: 'never' },
    { source: 'now', validate: 'never' },
  ],
};

/** Every shape that every runbook can take. */
export const VARIANTS: readonly Variant[] = RUNBOOKS.flatMap((runbook) =>
  [runbook.example(EXAMPLE_SERVICE), ...(OTHER_PARAMETERS[runbook.id] ?? [])].map((parameters) => ({
    says: `${runbook.id} ${JSON.stringify(parameters)}`,
    runbook,
    parameters,
  })),
);
