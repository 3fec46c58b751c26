import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call } from '../../domain/action.ts';
import { LifeboatError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';

const permitted = new AsyncLocalStorage<readonly Call[]>();

/** Runs `work` with exactly these calls allowed through, here and in whatever it awaits. */
export function permitting<Result>(calls: readonly Call[], work: () => Promise<Result>): Promise<Result> {
  return permitted.run(calls, work);
}

/** JSON with sorted keys and without absent fields: what two inputs must share to be the same call. */
function shapeOfInput(input: unknown): string {
  return JSON.stringify(input, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
}

/**
 * Lets a mutating request pass only when the decision named it: same service, operation, region and input.
 * @throws LifeboatError DR_CALL_NOT_DECLARED; nothing was sent.
 */
export function demandPermission(request: {
  readonly service: string;
  readonly operation: string;
  readonly region: string;
  readonly input: Json;
}): void {
  const wanted = shapeOfInput(request.input);
  const named = (permitted.getStore() ?? []).some(
    (call) =>
      call.service === request.service &&
      call.operation === request.operation &&
      call.region === request.region &&
      shapeOfInput(call.input) === wanted,
  );
  if (named) return;
  const name = `${request.service}:${request.operation} in ${request.region}`;
  throw new LifeboatError('DR_CALL_NOT_DECLARED', `${name} was not among the calls decided on, so it was not sent`, {
    field: name,
    expected: (permitted.getStore() ?? []).map((call) => `${call.service}:${call.operation} in ${call.region}`),
  });
}
