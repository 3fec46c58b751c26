import { kmsKeyArn, otherKmsKeyArn, REGIONS, type Region } from '../../topology.ts';

export interface Key {
  readonly arn: string;
  readonly id: string;
  readonly region: Region;
  readonly alias: string;
  readonly enabled: boolean;
  readonly createdAt: Date;
}

/** The account's encryption keys. RDS looks here too, as AWS does, before it encrypts with one. */
export class Keys {
  readonly #keys = new Map<string, Key>();

  constructor() {
    for (const region of REGIONS) {
      this.#add(region, kmsKeyArn(region), 'alias/booking');
      this.#add(region, otherKmsKeyArn(region), 'alias/other');
    }
  }

  /** By ARN, id, alias name or alias ARN, as callers may name a key; keys of other regions are not found. */
  find(region: Region, named: string): Key | undefined {
    return [...this.#keys.values()].find(
      (key) => key.region === region && [key.arn, key.id, key.alias, aliasArn(key)].includes(named),
    );
  }

  disable(arn: string): void {
    this.#set(arn, false);
  }

  enable(arn: string): void {
    this.#set(arn, true);
  }

  #add(region: Region, arn: string, alias: string): void {
    const id = arn.split('/')[1]!;
    this.#keys.set(arn, { arn, id, region, alias, enabled: true, createdAt: new Date() });
  }

  #set(arn: string, enabled: boolean): void {
    const key = this.#keys.get(arn);
    if (!key) throw new Error(`No key ${arn} in the lab; it has ${[...this.#keys.keys()].join(', ')}.`);
    this.#keys.set(arn, { ...key, enabled });
  }
}

const aliasArn = (key: Key): string => key.arn.replace(/key\/.*$/, key.alias);
