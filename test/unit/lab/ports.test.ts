import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { claimBase } from '../../../lab/parts/ports.ts';
import { endpoints } from '../../../lab/topology.ts';

const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function claim(wanted: number | null): Promise<number> {
  const { base, control } = await claimBase(wanted);
  open.push(control);
  return base;
}

test('gives two labs that start at once different ports', async () => {
  const bases = await Promise.all([claim(null), claim(null), claim(null)]);
  expect(new Set(bases).size).toBe(3);
});

test('refuses a base port somebody asked for when one of its ports is taken, and names that one', async () => {
  const base = await claim(null);
  const at = endpoints(base).regions['eu-west-3'].s3;
  const squatter = createServer();
  // Before the base is given back: no other lab can take it now.
  await new Promise<void>((resolve, reject) => squatter.once('error', reject).listen(at, resolve));
  const [control] = open.splice(0, 1, squatter);
  await new Promise((resolve) => control?.close(resolve));

  await expect(claim(base)).rejects.toMatchObject({
    shape: { code: 'DR_LAB_PORT_TAKEN', field: '--base-port', actual: `${at.host}:${at.port} in use` },
  });
  expect(await claim(null)).not.toBe(base);
});

test('refuses a base port that is no port', async () => {
  for (const wanted of [80, 70_000, 20_000.5]) {
    await expect(claim(wanted)).rejects.toMatchObject({ shape: { code: 'DR_LAB_PORT_TAKEN', field: '--base-port' } });
  }
});
