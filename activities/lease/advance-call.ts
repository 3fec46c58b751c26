import type { Call } from '../../domain/action.ts';

/** Takes the next epoch for a region, if `expectedEpoch` is still the newest. */
export const advanceCall = (service: string, toRegion: string, expectedEpoch: number): Call => ({
  service: 'lease',
  operation: 'Advance',
  region: 'control',
  target: `${service} epoch ${expectedEpoch} → ${expectedEpoch + 1}`,
  input: { toRegion, expectedEpoch },
});
