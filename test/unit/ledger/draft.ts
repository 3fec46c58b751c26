import type { EvidenceDraft } from '../../../domain/evidence.ts';

export const draft = (
  type: EvidenceDraft['type'],
  executionId: string,
  more: Partial<EvidenceDraft> = {},
): EvidenceDraft => ({
  type,
  executionId,
  service: 'booking',
  at: '2026-11-21T03:16:20.000Z',
  facts: type === 'opened' ? { mode: 'live' } : { outcome: 'succeeded' },
  statement: null,
  artefacts: [],
  ...more,
});
