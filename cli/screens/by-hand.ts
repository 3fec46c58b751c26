import type { Json } from '../../domain/json.ts';
import { parameterWords } from '../parameter-words.ts';

/** The command that prints a runbook as a script, for when it must be done by hand. */
export const byHandWords = (
  runbook: string,
  service: string,
  parameters: Readonly<Record<string, Json>>,
): readonly string[] => ['runbook', 'show', runbook, '--service', service, ...parameterWords(parameters), '--by-hand'];
