import { InfrastructureClient } from '../../activities/clients/infrastructure-client.ts';

/** A process that plans, says so, and applies, to be killed in the middle of it. */
const { binary, folder, variables } = JSON.parse(process.argv[2] ?? '{}') as {
  binary: string;
  folder: string;
  variables: Record<string, string>;
};
const client = new InfrastructureClient({ binary });
const { signal } = new AbortController();
const { digest } = await client.plan(folder, variables, signal);
process.stdout.write('planned\n');
await client.apply(folder, variables, digest, signal);
