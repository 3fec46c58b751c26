/** Names of what each attempt saw of an execution's belongings, kept for as long as the attempt: what was seen and is gone was removed. */
export class SeenBelongings<Attempt extends object> {
  readonly #names = new WeakMap<Attempt, Set<string>>();

  add(attempt: Attempt, names: readonly string[]): readonly string[] {
    const known = this.#names.get(attempt) ?? new Set<string>();
    this.#names.set(attempt, known);
    for (const name of names) known.add(name);
    return [...known];
  }
}
