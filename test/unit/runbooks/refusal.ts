import { LifeboatError } from '../../../domain/errors.ts';

/** What `act` is refused with; anything else it throws is thrown on. */
export function refusal(act: () => unknown): LifeboatError['shape'] {
  try {
    act();
  } catch (caught) {
    if (caught instanceof LifeboatError) return caught.shape;
    throw caught;
  }
  throw new Error('expected a refusal');
}
