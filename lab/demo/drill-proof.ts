import type { LoggedCall } from '../aws/call-log.ts';

/** What the twin's own log says an execution did to the platform. */
export interface DrillProof {
  /** Mutating calls that were taken, in order: `RestoreDBClusterToPointInTime pr-…-db`. */
  readonly made: readonly string[];
  readonly deleted: readonly string[];
  /** Other changes of what the execution made: tags, protection. */
  readonly other: readonly string[];
  /** Mutating calls, taken or not, on something that does not carry the execution's id. Must be empty. */
  readonly strange: readonly string[];
}

/** Last part of an ARN, or the identifier as it is. */
const nameOf = (target: string): string => target.split(':').at(-1) ?? target;

/**
 * Sorts the mutating calls of AWS's database service by what they did to whom. Pure.
 * @param calls those made while the execution ran, and a moment after.
 */
export function drillProof(calls: readonly LoggedCall[], executionId: string): DrillProof {
  const changes = calls.filter((call) => call.mutating);
  const isOurs = (call: LoggedCall) => call.target !== null && nameOf(call.target).startsWith(`${executionId}-`);
  const words = (call: LoggedCall) =>
    `${call.operation} ${nameOf(call.target ?? 'nothing')}${call.error === null ? '' : ` (${call.error})`}`;
  const taken = changes.filter((call) => isOurs(call) && call.status < 300);
  const named = (pattern: RegExp) => taken.filter(({ operation }) => pattern.test(operation)).map(words);
  return {
    made: named(/^(Restore|Create|Copy)/),
    deleted: named(/^Delete/),
    other: named(/^(?!Restore|Create|Copy|Delete)/),
    strange: changes.filter((call) => !isOurs(call)).map(words),
  };
}
