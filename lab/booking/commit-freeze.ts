import type { SqlClient } from './bookings.ts';

/**
 * The fault “one writer frozen between its last check and COMMIT”: once armed, the process stops itself where the next
 * COMMIT would be sent, and sends it when somebody wakes it with SIGCONT.
 */
export class CommitFreeze {
  #armed = false;

  arm(): void {
    this.#armed = true;
  }

  /** The same connection, with the fault in it. */
  around(client: SqlClient): SqlClient {
    return {
      query: (sql, values) => {
        if (sql === 'COMMIT' && this.#armed) {
          this.#armed = false;
          process.kill(process.pid, 'SIGSTOP');
        }
        return client.query(sql, values);
      },
      on: (event, listener) => client.on?.(event, listener),
      off: (event, listener) => client.off?.(event, listener),
    };
  }
}
