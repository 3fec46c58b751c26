import { type Heard, heard } from '../clients/heard.ts';

/** Everything that one step of a posture asks is asked side by side and waited for no longer than this: a dry run gives a step 10 s. */
const LONGEST_MS = 6_000;

/** How clients name a call to AWS that failed. */
const NAMED_CALL = /^[a-z0-9]+:[A-Za-z]+ in [a-z0-9-]+: /;

/**
 * Asks once. What does not answer in time is unknown, and the reason says what it was; where several questions went to one place, it
 * is one reason.
 */
export async function look<Value>(what: string, work: Promise<Value>): Promise<Heard<Value>> {
  const told = work.then(
    (value): Heard<Value> => ({ answered: true, value }),
    (caught: unknown): Heard<Value> => ({
      answered: false,
      because: (caught instanceof Error ? caught.message : String(caught)).replace(NAMED_CALL, `${what}: `),
    }),
  );
  const first = await heard(what, LONGEST_MS, told);
  return first.answered ? first.value : first;
}
