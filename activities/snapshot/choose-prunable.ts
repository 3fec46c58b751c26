import { type SeenCopy, usableCopies } from './copies.ts';

export interface Pruning {
  readonly prune: readonly string[];
  readonly kept: readonly { readonly snapshot: string; readonly because: string }[];
}

/**
 * Which copies may go: the oldest of our own available ones, beyond as many as are to be kept. Never the newest, never the newest
 * validated one, never one that is held, in use or in doubt, never one that is not available, undated or not ours. Pure.
 * @param inUse ids of copies that somebody counts on now, each with how.
 */
export function choosePrunable(
  copies: readonly SeenCopy[],
  rules: { readonly keep: number; readonly inUse: ReadonlyMap<string, string> },
): Pruning {
  const usable = usableCopies(copies);
  const keep = Math.max(1, rules.keep);
  const newestValidated = usable.find(({ validatedAt }) => validatedAt !== null)?.id;
  const reasonToKeep = (copy: SeenCopy): string | null => {
    if (copy.execution === null) return 'it is not a copy that Lifeboat made for this service';
    if (copy.status !== 'available') return `it is ${copy.status}`;
    if (copy.inDoubt) return 'it was looked into and not found whole: delete it once somebody knows why';
    const age = usable.findIndex(({ id }) => id === copy.id);
    if (age < 0) return 'nothing says when its data was current';
    if (age === 0) return 'it is the newest';
    if (copy.id === newestValidated) return 'it is the newest that was found whole';
    if (copy.held) return 'somebody holds it';
    if (age < keep) return `it is one of the newest ${keep}`;
    return rules.inUse.get(copy.id) ?? null;
  };
  const judged = copies.map((copy) => ({ snapshot: copy.id, because: reasonToKeep(copy) }));
  return {
    prune: judged.filter(({ because }) => because === null).map(({ snapshot }) => snapshot),
    kept: judged.flatMap(({ snapshot, because }) => (because === null ? [] : [{ snapshot, because }])),
  };
}
