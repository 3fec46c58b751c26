import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LifeboatError } from '../domain/errors.ts';
import type { JournalRecord } from '../domain/evidence.ts';
import { createDurably, makeFolder, makeSubfolder, unwritable } from './create-durably.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const RECORD = /^(\d+)-(intent|result|refusal|failure)-(\d+)\.json$/;
const CLAIM = /^(\d+)-claim\.json$/;

/**
 * What each attempt meant to do and what came of it, as `journal/<execution>/<step>/<attempt>-<kind>-<n>.json`. Written
 * inside the attempt, before and after the act; every write is durable when it returns.
 */
export class Journal {
  readonly #folder: string;
  readonly #pending: string;
  #prepared: Promise<void> | null = null;

  /** @param folder the evidence folder of the configuration. */
  constructor(folder: string) {
    this.#folder = join(folder, 'journal');
    this.#pending = join(folder, 'pending');
  }

  /** @throws LifeboatError DR_LEDGER_UNWRITABLE */
  async append(record: JournalRecord): Promise<void> {
    const folder = await this.#stepFolder(record.executionId, record.stepId);
    const attempts = (await this.#names(folder)).map((name) => RECORD.exec(name)).filter((match) => match !== null);
    const own = attempts.filter(([, attempt]) => Number(attempt) === record.attempt).map(([, , , n]) => Number(n));
    const bytes = Buffer.from(`${JSON.stringify(record)}\n`);
    for (let n = Math.max(0, ...own) + 1; ; n++) {
      const name = `${record.attempt}-${record.kind}-${n}.json`;
      if (await createDurably(join(folder, name), bytes, this.#pending)) return;
    }
  }

  /**
   * Makes the attempt owner of the step, unless a higher one is. Claiming again is no harm.
   * @throws LifeboatError DR_LEDGER_UNWRITABLE
   */
  async claim(executionId: string, stepId: string, attempt: number): Promise<void> {
    const folder = await this.#stepFolder(executionId, stepId);
    const claim = Buffer.from(`${JSON.stringify({ executionId, stepId, attempt })}\n`);
    await createDurably(join(folder, `${attempt}-claim.json`), claim, this.#pending);
  }

  /** Whether no higher attempt has claimed the step. To be asked right before each act. */
  async owns(executionId: string, stepId: string, attempt: number): Promise<boolean> {
    const names = await this.#names(join(this.#folder, safe('executionId', executionId), safe('stepId', stepId)));
    return !names.some((name) => Number(CLAIM.exec(name)?.[1] ?? 0) > attempt);
  }

  /** Records of an execution, step by step, each in the order in which they were written. Empty when there is none. */
  async read(executionId: string): Promise<readonly JournalRecord[]> {
    const folder = join(this.#folder, safe('executionId', executionId));
    const records: JournalRecord[] = [];
    for (const step of (await this.#names(folder)).sort()) {
      const matches = (await this.#names(join(folder, step)))
        .map((name) => RECORD.exec(name))
        .filter((match) => match !== null)
        .sort((one, other) => Number(one[1]) - Number(other[1]) || Number(one[3]) - Number(other[3]));
      for (const [name] of matches) {
        records.push(JSON.parse(await readFile(join(folder, step, name), 'utf8')) as JournalRecord);
      }
    }
    return records;
  }

  async #stepFolder(executionId: string, stepId: string): Promise<string> {
    const execution = join(this.#folder, safe('executionId', executionId));
    const folder = join(execution, safe('stepId', stepId));
    this.#prepared ??= Promise.all([makeFolder(this.#folder), makeFolder(this.#pending)]).then(
      () => {},
      (caught: unknown) => {
        this.#prepared = null;
        throw caught;
      },
    );
    await this.#prepared;
    await makeSubfolder(execution);
    await makeSubfolder(folder);
    return folder;
  }

  async #names(folder: string): Promise<string[]> {
    try {
      return await readdir(folder);
    } catch (caught) {
      if ((caught as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw unwritable(folder, caught);
    }
  }
}

/** Ids become folder names: nothing that could lead elsewhere. */
function safe(field: string, id: string): string {
  if (NAME.test(id)) return id;
  throw new LifeboatError('DR_INPUT_INVALID', `${field} '${id}' cannot name a folder of the journal`, {
    field,
    actual: id,
    expected: 'letters, digits and . _ - (at most 128)',
  });
}
