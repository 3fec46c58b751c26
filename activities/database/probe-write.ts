import { type Call, call, done, wait } from '../../domain/action.ts';
import { probeWrite as contract } from '../../runbooks/actions/database/probe-write.ts';
import { implement } from '../attempt/implement.ts';
import { providerName } from '../clients/call-failure.ts';

export const probeWrite = implement(contract, {
  async observe(clients, { region, executionId }, { service, mode }) {
    const asked = clients.query(
      region,
      `select pg_is_in_recovery() as read_only,
              (select written_at from ${service.database.probeTable} where execution_id = $1) as written_at`,
      [executionId],
    );
    const [row] = await asked.catch((caught: unknown) => {
      // A dry run comes here before anything was restored.
      if (mode === 'dry_run' && providerName(caught) === 'DBClusterNotFoundFault')
        return [{ read_only: true } satisfies Record<string, unknown>] as readonly Record<string, unknown>[];
      throw caught;
    });
    return { readOnly: row?.['read_only'] === true, writtenAt: (row?.['written_at'] as Date | null) ?? null };
  },
  decide(input, { readOnly, writtenAt }, _acted, { service, observedAt }) {
    if (writtenAt) return done({ writableAt: writtenAt.toISOString(), rowId: input.executionId });
    const insert: Call = {
      service: 'sql',
      operation: 'Insert',
      region: input.region,
      target: `${service.database.probeTable} in ${input.region}`,
      input: {
        sql: `insert into ${service.database.probeTable} (execution_id, epoch) values ($1, $2)
              on conflict (execution_id) do nothing`,
        values: [input.executionId, input.epoch],
      },
    };
    const predicted = { writableAt: observedAt, rowId: input.executionId };
    return readOnly
      ? wait('the database is still read only', predicted, [insert])
      : call([insert], 'available is not yet writable', predicted);
  },
});
