import { LifeboatError } from '../../domain/errors.ts';
import { PART_ORDERS, type Part, type PartOrder, type PartStatus, partStatus } from './part.ts';

/** Everything that runs, by name, in the order it was announced. */
export class Parts {
  readonly #parts = new Map<string, Part>();
  /** Parts that come and go together, such as the pods of a region. */
  readonly #groups = new Map<string, readonly Part[]>();

  add<P extends Part>(part: P): P {
    this.#parts.set(part.name, part);
    return part;
  }

  setGroup(name: string, parts: readonly Part[]): void {
    this.#groups.set(name, parts);
  }

  all(): readonly Part[] {
    return [...this.#parts.values(), ...[...this.#groups.values()].flat()];
  }

  status(): readonly PartStatus[] {
    return this.all().map(partStatus);
  }

  /** The part of that name, which must take that order. */
  get(name: string, order: PartOrder): Part {
    const part = this.all().find((candidate) => candidate.name === name);
    if (!part) {
      const names = this.all().map((candidate) => candidate.name);
      throw new LifeboatError('DR_LAB_PART_UNKNOWN', `The lab has no part '${name}'. It has ${names.join(', ')}.`, {
        field: 'part',
        expected: names,
        actual: name,
      });
    }
    if (part[order] !== undefined) return part;
    const orders = PART_ORDERS.filter((possible) => part[possible] !== undefined);
    throw new LifeboatError(
      'DR_LAB_PART_UNKNOWN',
      `${name} runs inside the supervisor and takes no '${order}'${orders.length > 0 ? `, only ${orders.join(', ')}` : ''}.`,
      { field: 'part', expected: [...orders], actual: order },
    );
  }
}
