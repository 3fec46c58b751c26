import type { Json } from '../../domain/json.ts';

/** The command that prints a runbook as a script, for when it must be done by hand. */
export const byHandWords = (
  runbook: string,
  service: string,
  parameters: Readonly<Record<string, Json>>,
): readonly string[] => [
  'runbook',
  'show',
  runbook,
  '--service',
  service,
  ...(typeof parameters['to'] === 'string' ? ['--to', parameters['to']] : []),
  '--by-hand',
];
