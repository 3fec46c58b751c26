/** Lets so many work at one time; the others wait in the order they came. */
export class Turns {
  readonly #slots: number[];
  readonly #waiting: ((slot: number) => void)[] = [];

  constructor(count: number) {
    this.#slots = Array.from({ length: count }, (_, slot) => slot);
  }

  /** @param work gets the number of its slot, which nobody else has meanwhile. */
  async take<T>(work: (slot: number) => Promise<T>): Promise<T> {
    const slot = this.#slots.shift() ?? (await new Promise<number>((resolve) => this.#waiting.push(resolve)));
    try {
      return await work(slot);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(slot);
      else this.#slots.push(slot);
    }
  }
}
