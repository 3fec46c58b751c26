import { expect } from 'vitest';
import type { Finding } from '../../../runbooks/actions/posture/findings.ts';
import { OBSERVED_MS } from './a-decision.ts';

/** What the tests of a posture share: how things were heard, and what was found. */

export const answers = <Value>(value: Value) => ({ answered: true, value }) as const;
export const silence = { answered: false, because: 'RDS in eu-west-1: no answer in 6 s' } as const;
export const ago = (seconds: number): string => new Date(OBSERVED_MS - seconds * 1_000).toISOString();

/** `id: verdict`, sorted as found. */
export const verdicts = (findings: readonly Finding[]): readonly string[] =>
  findings.map((finding) => `${finding.id}: ${finding.verdict}`);

/** Whatever is not fine says why it matters and what to do, and what is fine asks for nothing. */
export function expectTold(findings: readonly Finding[]): void {
  for (const { id, verdict: judged, what, why, remedy } of findings) {
    expect([id, what.length > 0, why.length > 0, remedy.length > 0]).toEqual([id, true, true, judged !== 'fine']);
  }
}

/** What the only finding says. */
export function only(findings: readonly Finding[]): Finding {
  expect(verdicts(findings)).toHaveLength(1);
  return findings[0]!;
}

export const notFine = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter((finding) => finding.verdict !== 'fine');
