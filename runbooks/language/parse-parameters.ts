import { LifeboatError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { Runbook } from './runbook.ts';

/**
 * Parameters with defaults filled in.
 * @throws LifeboatError `DR_PARAMETER_INVALID` naming the first field that is missing, unknown or malformed.
 */
export function parseParameters(
  runbook: Runbook,
  parameters: Readonly<Record<string, Json>>,
): Readonly<Record<string, Json>> {
  const parsed = runbook.parameters.strict().safeParse(parameters);
  if (parsed.success) return parsed.data as Readonly<Record<string, Json>>;
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const field = unknown ?? (issue?.path.join('.') || 'parameters');
  const known = Object.keys(runbook.parameters.shape).join(', ');
  const what = unknown ? `no such parameter; there are ${known}` : (issue?.message ?? 'not valid');
  throw new LifeboatError('DR_PARAMETER_INVALID', `${runbook.id}: parameter ${field}: ${what}`, {
    field,
    actual: parameters[field] ?? null,
    expected: unknown ? known : (issue?.message ?? null),
    remedy: `lifeboat runbook show ${runbook.id}`,
  });
}
