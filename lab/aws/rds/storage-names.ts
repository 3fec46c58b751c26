/** Names under which backups keep what the twin calls otherwise: never given twice, so what is being removed is in nobody's way. */
export class StorageNames {
  readonly #given = new Map<string, number>();

  /** The identifier itself the first time, then with a number. A colon is no character of a folder's name everywhere. */
  take(identifier: string): string {
    const name = identifier.replaceAll(':', '_');
    const times = (this.#given.get(name) ?? 0) + 1;
    this.#given.set(name, times);
    // No identifier has an underscore, so this is nobody else's first name.
    return times === 1 ? name : `${name}_${times}`;
  }
}
