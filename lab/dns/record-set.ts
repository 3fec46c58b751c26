/** Record types the lab's zone can hold. Route 53 has a few more; none of them is used here. */
export const RECORD_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] as const;
export type ZoneRecordType = (typeof RECORD_TYPES)[number];

export const isRecordType = (type: string): type is ZoneRecordType =>
  (RECORD_TYPES as readonly string[]).includes(type);

/** All values of one name and type; failover sets share name and type and differ in `setIdentifier`. */
export interface RecordSet {
  /** Lower case, absolute, with the trailing dot: `booking.lab.test.`. A wildcard starts with `*.`. */
  readonly name: string;
  readonly type: ZoneRecordType;
  readonly ttlSeconds: number;
  /** As Route 53 writes them: an address, a name, `10 mail.lab.test.`, `"quoted text"`. */
  readonly values: readonly string[];
  readonly setIdentifier?: string;
  readonly failover?: 'PRIMARY' | 'SECONDARY';
  readonly healthCheckId?: string;
}

/** Lower case with one trailing dot: how names are compared everywhere in the lab. */
export const absoluteName = (name: string): string => {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower : `${lower}.`;
};

/** `lab.test.` holds itself and everything below it. */
export const isInZone = (name: string, zoneName: string): boolean => name === zoneName || name.endsWith(`.${zoneName}`);

/** Two record sets are the same one when these three agree. */
export const isSameSet = (one: RecordSet, other: RecordSet): boolean =>
  one.name === other.name && one.type === other.type && one.setIdentifier === other.setIdentifier;
