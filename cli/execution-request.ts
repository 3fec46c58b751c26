import { randomBytes } from 'node:crypto';
import { LifeboatError } from '../domain/errors.ts';
import { executionIdOf } from '../domain/ids.ts';
import type { Json } from '../domain/json.ts';
import { PURPOSES, type Purpose } from '../domain/mode.ts';
import type { Configuration, Service } from '../domain/service.ts';
import { compilePlan } from '../runbooks/language/compile-plan.ts';
import { runbookById } from '../runbooks/registry.ts';
import { parameterWords } from './parameter-words.ts';
import { serviceNamed } from './service-named.ts';

/** What `plan` and `start` have in common on the command line. */
export interface RequestOptions {
  readonly service: string;
  readonly to?: string;
  readonly param?: readonly string[];
}

export interface RequestedPlan {
  readonly runbook: string;
  readonly service: Service;
  readonly parameters: Readonly<Record<string, Json>>;
}

/**
 * What is asked for, checked as far as the configuration and the runbooks here can: what is refused here leaves no trace
 * anywhere. The worker checks again.
 * @throws LifeboatError DR_SERVICE_UNKNOWN, DR_RUNBOOK_UNKNOWN, DR_REGION_UNKNOWN, DR_PARAMETER_INVALID, DR_RUNBOOK_LINT
 */
export function requestedPlan(runbook: string, options: RequestOptions, configuration: Configuration): RequestedPlan {
  const definition = runbookById(runbook);
  const service = serviceNamed(configuration, options.service);
  const parameters = parametersOf(options);
  compilePlan({ runbook: definition, service, parameters });
  return { runbook, service, parameters };
}

/** `--to R` and every `--param k=v`; a value is JSON where it reads as a number, truth value or null, else text. */
export function parametersOf(options: Pick<RequestOptions, 'to' | 'param'>): Readonly<Record<string, Json>> {
  const parameters: Record<string, Json> = options.to === undefined ? {} : { to: options.to };
  for (const pair of options.param ?? []) {
    const at = pair.indexOf('=');
    if (at < 1) {
      throw new LifeboatError('DR_USAGE', `--param '${pair}' is not of the form key=value`, {
        field: '--param',
        expected: 'key=value',
        actual: pair,
      });
    }
    parameters[pair.slice(0, at)] = parameterValue(pair.slice(at + 1));
  }
  return parameters;
}

function parameterValue(text: string): Json {
  return /^(-?\d+(\.\d+)?|true|false|null)$/.test(text) ? (JSON.parse(text) as Json) : text;
}

/** @throws LifeboatError DR_USAGE */
export function purposeOf(text: string | undefined): Purpose {
  const purpose = PURPOSES.find((known) => known === text);
  if (purpose) return purpose;
  throw new LifeboatError(
    'DR_USAGE',
    text === undefined ? '--purpose is missing' : `--purpose '${text}' is not a purpose`,
    {
      field: '--purpose',
      expected: [...PURPOSES],
      ...(text === undefined ? {} : { actual: text }),
      remedy: `--purpose ${PURPOSES[0]}`,
    },
  );
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A new execution id; four characters of chance keep two starts of one minute apart, and are typed easily. */
export function newExecutionId(runbook: string, at: Date): string {
  const chance = [...randomBytes(4)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return executionIdOf(runbook, at, chance);
}

/** The words that make the same request again. */
export function requestWords(command: string, plan: RequestedPlan): readonly string[] {
  return [command, plan.runbook, '--service', plan.service.name, ...parameterWords(plan.parameters)];
}
