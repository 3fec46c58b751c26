import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { md5Hex } from './checksum.ts';
import { type Precondition, requireForWrite } from './precondition.ts';

/** What is kept with an object's bytes. */
interface ObjectMetadata {
  readonly key: string;
  /** MD5 of the bytes in hex: it follows the content, as in S3. */
  readonly etag: string;
  readonly lastModified: string;
  /** Headers to give back: content type, checksums, `x-amz-meta-*`. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface StoredObject extends ObjectMetadata {
  readonly bytes: Buffer;
}

const NEW_LINE = 0x0a;
const LONGEST_FILE_NAME = 200;

/** One flat file name per key: no key can leave the folder, and `a` and `a/b` can both exist. */
function fileNameOf(key: string): string {
  const encoded = encodeURIComponent(key).replaceAll('.', '%2E');
  // `=` never comes out of the encoding, so a hashed name is nobody's encoded one.
  return encoded.length <= LONGEST_FILE_NAME ? encoded : `=${createHash('sha256').update(key).digest('hex')}`;
}

/**
 * The objects of one bucket: a folder with one file per object, its metadata as JSON in the first line and the bytes after
 * it. Every method is synchronous: between the look at a condition and the rename nothing else runs, so of many who
 * race one wins. Readers see the old object or the new one, never half.
 */
export class ObjectFolder {
  readonly #folder: string;
  readonly #incoming: string;

  constructor(folder: string, incoming: string) {
    this.#folder = folder;
    this.#incoming = incoming;
    mkdirSync(folder, { recursive: true });
    mkdirSync(incoming, { recursive: true });
  }

  read(key: string): StoredObject | null {
    return this.#readFile(fileNameOf(key));
  }

  /** @throws S3Error when the condition does not hold. */
  write(
    key: string,
    bytes: Buffer,
    headers: Readonly<Record<string, string>>,
    condition: Precondition,
  ): ObjectMetadata {
    requireForWrite(condition, key, this.read(key)?.etag ?? null);
    const metadata: ObjectMetadata = { key, etag: md5Hex(bytes), lastModified: new Date().toISOString(), headers };
    const temporary = join(this.#incoming, randomUUID());
    writeFileSync(temporary, Buffer.concat([Buffer.from(JSON.stringify(metadata)), Buffer.from([NEW_LINE]), bytes]));
    renameSync(temporary, join(this.#folder, fileNameOf(key)));
    return metadata;
  }

  /** Deleting what is not there succeeds, unless a condition asks for it. */
  delete(key: string, condition: Precondition): void {
    requireForWrite(condition, key, this.read(key)?.etag ?? null);
    rmSync(join(this.#folder, fileNameOf(key)), { force: true });
  }

  /** Every object, in the order of the keys' UTF-8 bytes. */
  list(): readonly StoredObject[] {
    return readdirSync(this.#folder)
      .map((name) => this.#readFile(name))
      .filter((object) => object !== null)
      .sort((one, other) => Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)));
  }

  #readFile(name: string): StoredObject | null {
    let file: Buffer;
    try {
      file = readFileSync(join(this.#folder, name));
    } catch (caught) {
      if ((caught as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw caught;
    }
    const end = file.indexOf(NEW_LINE);
    const metadata = JSON.parse(file.toString('utf8', 0, end)) as ObjectMetadata;
    return { ...metadata, bytes: file.subarray(end + 1) };
  }
}
