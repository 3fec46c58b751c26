import { type SeenCopy, usableCopies } from './copies.ts';

export interface Pruning {
  readonly prune: readonly string[];
  readonly kept: readonly { readonly snapshot: string; readonly because: string }[];
}

/**
 * Which copies may go: the oldest of our own available ones, beyond as many as are to be kept. Never the newest, never the newest
 * validated one, never one that is held or in use, never one that is not available, undated or not ours. Pure.
 * @param inUse ids of copies that something is restored from.
 */
export function choosePrunable(
  copies: readonly SeenCopy[],
  rules: { readonly keep: number; readonly inUse: ReadonlySet<string> },
): Pruning {
  const usable = usableCopies(copies);
  const keep = Math.max(1, rules.keep);
  const newestValidated = usable.find(({ validatedAt }) => validatedAt !== null)?.id;
  const reasonToKeep = (copy: SeenCopy): string | null => {
    if (copy.execution === null) return 'it is not a copy that Lifeboat made for this service';
    if (copy.status !== 'available') return `it is ${copy.status}`;
    const age = usable.findIndex(({ id }) => id === copy.id);
    if (age < 0) return 'nothing says when its data was current';
    if (age === 0) return 'it is the newest';
    if (copy.id === newestValidated) return 'it is the newest that was found whole';
    if (copy.held) return 'somebody holds it';
    if (rules.inUse.has(copy.id)) return 'something is restored from it';
    return age < keep ? `it is one of the newest ${keep}` : null;
  };
  const judged = copies.map((copy) => ({ snapshot: copy.id, because: reasonToKeep(copy) }));
  return {
    prune: judged.filter(({ because }) => because === null).map(({ snapshot }) => snapshot),
    kept: judged.flatMap(({ snapshot, because }) => (because === null ? [] : [{ snapshot, because }])),
  };
}
