import { type LeaseParticipant, writeUnderLease } from '../../lease/participant.ts';
import { type Booked, type BookingRequest, book, newestBooking, readBooking } from './bookings.ts';
import { CommitFreeze } from './commit-freeze.ts';
import type { Database } from './database.ts';
import { writeIgnoringLease } from './write-ignoring-lease.ts';

/** The booking service without its HTTP face. */
export class BookingService {
  readonly region: string;
  readonly freeze = new CommitFreeze();
  readonly #database: Database;
  readonly #lease: LeaseParticipant;
  readonly #honoursLease: boolean;

  constructor(parts: {
    readonly region: string;
    readonly database: Database;
    readonly lease: LeaseParticipant;
    readonly honoursLease: boolean;
  }) {
    this.region = parts.region;
    this.#database = parts.database;
    this.#lease = parts.lease;
    this.#honoursLease = parts.honoursLease;
  }

  get epoch(): number {
    return this.#lease.epoch;
  }

  /** Whether a write would be refused before it begins. */
  get fenced(): boolean {
    return this.#honoursLease && !this.#lease.holds();
  }

  /** Throws when the lease is not held or the database refuses; what timed out may have been booked. */
  book(request: BookingRequest): Promise<{ readonly created: boolean; readonly booked: Booked }> {
    return this.#database.with((connection) => {
      const client = this.freeze.around(connection);
      const by = (epoch: number) => ({ region: this.region, epoch });
      return this.#honoursLease
        ? writeUnderLease(this.#lease, client, (transaction, epoch) => book(transaction, request, by(epoch)))
        : writeIgnoringLease(client, (transaction) => book(transaction, request, by(this.epoch)));
    });
  }

  read(id: string): Promise<object | null> {
    return this.#database.with((client) => readBooking(client, id));
  }

  newest(practitioner: string, vantage: string | null): Promise<object | null> {
    return this.#database.with((client) => newestBooking(client, practitioner, vantage));
  }

  /** A standby's pod is ready too, although it may not write. */
  async ready(): Promise<boolean> {
    return this.epoch > 0 && (await this.#database.answers());
  }
}
