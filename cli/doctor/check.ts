import type { ErrorShape } from '../../domain/errors.ts';

/** One thing `doctor` looked at. */
export interface Check {
  readonly id: string;
  readonly state: 'ok' | 'warning' | 'failed';
  readonly says: string;
  /** What to do, unless it is well. */
  readonly remedy: string | null;
}

export const ok = (id: string, says: string): Check => ({ id, state: 'ok', says, remedy: null });
export const warning = (id: string, says: string, remedy: string): Check => ({ id, state: 'warning', says, remedy });
export const failed = (id: string, says: string, remedy: string): Check => ({ id, state: 'failed', says, remedy });
export const failedBy = (id: string, error: ErrorShape): Check =>
  failed(id, `${error.message} (${error.code})`, error.remedy);
