/** Copies that break off: for tests of whether anybody says so. */
export class CopyFaults {
  #percents: number[] = [];

  /** For each copy still to fail, how far it gets. */
  get pending(): readonly number[] {
    return this.#percents;
  }

  /** The next copy that begins fails when it has got so far, 0 to 100. */
  failNextAt(percent: number): void {
    this.#percents.push(percent);
  }

  clear(): void {
    this.#percents = [];
  }

  take(): number | null {
    return this.#percents.shift() ?? null;
  }
}
