import { LifeboatError } from '../domain/errors.ts';
import type { ExecutionSnapshot, GateRecord } from '../domain/execution.ts';
import type { Json } from '../domain/json.ts';
import { canonicalDigest } from '../runbooks/language/digest.ts';

/**
 * A person signs digests but reads texts: this holds the two together. Nobody in between can show one plan or one set of
 * facts and have another signed.
 * @throws LifeboatError DR_APPROVAL_OTHER_PLAN, DR_APPROVAL_OTHER_FACTS
 */
export function checkShownDigests(snapshot: ExecutionSnapshot, gate: GateRecord): void {
  if (snapshot.plan !== null) {
    const { digest, ...rest } = snapshot.plan;
    const computed = canonicalDigest(rest as unknown as Json);
    if (computed !== digest) throw differs('DR_APPROVAL_OTHER_PLAN', 'plan', digest, computed);
  }
  if (gate.factsDigest !== null) {
    const computed = canonicalDigest({ facts: gate.facts, bounds: gate.bounds as unknown as Json });
    if (computed !== gate.factsDigest) throw differs('DR_APPROVAL_OTHER_FACTS', 'facts', gate.factsDigest, computed);
  }
}

const differs = (
  code: 'DR_APPROVAL_OTHER_PLAN' | 'DR_APPROVAL_OTHER_FACTS',
  what: string,
  claimed: string,
  computed: string,
) =>
  new LifeboatError(code, `the ${what} shown do not have the digest to be signed: nothing was signed`, {
    field: `${what}Digest`,
    expected: claimed,
    actual: computed,
    remedy:
      'Read the gate again; if it stays so, worker and command line differ in version, or somebody altered what is shown.',
  });
