import { done } from '../../domain/action.ts';
import { postureEvidence } from '../../runbooks/actions/posture/evidence.ts';
import { implement } from '../attempt/implement.ts';
import { type Check, judged, unknown } from './check.ts';
import { look } from './look.ts';

const WRITABLE: Check = {
  id: 'evidence:writable',
  about: 'whether the evidence store can be written',
  severity: 'critical',
  why: 'Drills refuse to run without it, and a live execution keeps its record only as long as Temporal keeps its history.',
  remedy: 'Make the evidence folder writable for the worker, with room on its disk.',
};

export const evidence = implement(postureEvidence, {
  observe: (clients) => look('the evidence store', clients.evidenceWritable()),
  decide: (_input, writable, _acted, { observedAt }) =>
    done({
      findings: [
        writable.answered
          ? judged(WRITABLE, writable.value, `the evidence store ${writable.value ? 'takes' : 'refuses'} entries`)
          : unknown(WRITABLE, writable.because),
      ],
      lookedAt: observedAt,
    }),
});
