import type { Json } from '../../domain/json.ts';
import type { Service } from '../../domain/service.ts';
import { buildDraft } from './build-draft.ts';
import type { Finding } from './finding.ts';
import { lintDraft } from './lint/lint-draft.ts';
import { parseParameters } from './parse-parameters.ts';
import type { Runbook } from './runbook.ts';

/** Everything lint has against a runbook, with the parameters given or the runbook's own example. */
export function lintRunbook(
  runbook: Runbook,
  service: Service,
  parameters: Readonly<Record<string, Json>> = runbook.example(service),
): readonly Finding[] {
  return lintDraft(buildDraft(runbook, service, parseParameters(runbook, parameters)));
}
