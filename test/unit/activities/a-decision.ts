import { expect } from 'vitest';
import type { AnyImplementation, DecisionContext, Implementation } from '../../../activities/attempt/implement.ts';
import type { Acted, Call, Decision } from '../../../domain/action.ts';
import type { ErrorShape } from '../../../domain/errors.ts';
import type { WatchSample } from '../../../domain/watch-sample.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';

export const OBSERVED_AT = '2026-11-21T03:12:00.000Z';
export const OBSERVED_MS = Date.parse(OBSERVED_AT);

/** What an action decides, with its output held to its contract: a prediction that does not fit breaks a dry run. */
export function decide<Input, Seen, Output>(
  implementation: Implementation<Input, Seen, Output>,
  input: NoInfer<Input>,
  seen: NoInfer<Seen>,
  acted: Acted | null = null,
  context: Partial<DecisionContext> = {},
): Decision<Output> {
  implementation.contract.input.parse(input);
  const surroundings = {
    executionId: 'fo-1',
    service: EXAMPLE_SERVICE,
    mode: 'live' as const,
    observedAt: OBSERVED_AT,
  };
  const decision = implementation.decide(input, seen, acted, { ...surroundings, ...context });
  if (decision.kind === 'done') implementation.contract.output.parse(decision.output);
  if ((decision.kind === 'call' || decision.kind === 'wait') && decision.predicted !== undefined) {
    implementation.contract.output.parse(decision.predicted);
  }
  return decision;
}

export function outputOf<Output>(decision: Decision<Output>): Output {
  if (decision.kind !== 'done') throw new Error(`expected done, got ${JSON.stringify(decision)}`);
  return decision.output;
}

export function callsOf(decision: Decision<unknown>): readonly Call[] {
  if (decision.kind !== 'call') throw new Error(`expected call, got ${JSON.stringify(decision)}`);
  return decision.calls;
}

export function waitOf(decision: Decision<unknown>): string {
  if (decision.kind !== 'wait') throw new Error(`expected wait, got ${JSON.stringify(decision)}`);
  return decision.why;
}

export function refusalOf(decision: Decision<unknown>): ErrorShape {
  if (decision.kind !== 'refuse') throw new Error(`expected refuse, got ${JSON.stringify(decision)}`);
  return decision.error;
}

/** What an attempt did, as the next decision is told. */
export const acted = (calls: readonly Call[], results: Acted['results'] = []): Acted => ({ calls, results });

/** Canaries of one vantage: `.` acknowledged, `x` refused, `-` timed out; the last one ends when it is observed. */
export function canaries(pattern: string, more: Partial<WatchSample> & { intervalMs?: number } = {}): WatchSample[] {
  const { intervalMs = 1_000, ...fixed } = more;
  return [...pattern].map((mark, index) => ({
    vantage: 'control',
    number: index + 1,
    at: OBSERVED_MS - (pattern.length - index) * intervalMs,
    doneAt: OBSERVED_MS - (pattern.length - index - 1) * intervalMs,
    outcome: mark === '.' ? 'acknowledged' : mark === 'x' ? 'refused' : 'timed_out',
    servedBy: mark === '.' ? 'eu-west-1' : null,
    epoch: null,
    error: mark === '.' ? null : 'no answer',
    ...fixed,
  }));
}

/** Every mutating call must be one that the action declares. */
export function expectDeclared(implementation: AnyImplementation, calls: readonly Call[]): void {
  for (const { service, operation } of calls) {
    expect(implementation.contract.permissions).toContain(`${service}:${operation}`);
  }
}
