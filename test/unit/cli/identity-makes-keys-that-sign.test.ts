import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { SignedStatement } from '../../../domain/statement.ts';
import { verifyStatement } from '../../../identity/verify-statement.ts';
import { call, household, START } from './command-line.ts';
import { ScriptedClient } from './scripted-client.ts';
import * as story from './story.ts';

let home: Awaited<ReturnType<typeof household>>;
beforeEach(async () => {
  home = await household();
});

describe('identity new', () => {
  it('makes a key that signs without being named, and prints the line for the configuration', async () => {
    const environment = { XDG_CONFIG_HOME: home.folder };
    const made = await call(['identity', 'new', 'approver-3', '--json'], { environment });
    expect(made.exitCode).toBe(0);
    expect(made.out).not.toContain('PRIVATE');
    const { publicKey, privateKeyPath } = made.lines[0] as { publicKey: string; privateKeyPath: string };
    expect(await readFile(privateKeyPath, 'utf8')).toContain('PRIVATE KEY');
    const client = new ScriptedClient(story.viewOf(story.atTheGate));
    const words = ['approve', story.EXECUTION, '--config', home.config, '--yes'];
    await call(words, { client, environment });
    const signed = client.sent[0]![3] as SignedStatement;
    const person = { id: 'unknown', roles: ['approver' as const], publicKey };
    expect(verifyStatement(signed, [person]).person.id).toBe('unknown');
  });

  it('overwrites nothing', async () => {
    const environment = { XDG_CONFIG_HOME: home.folder };
    await call(['identity', 'new', 'approver-3'], { environment });
    const again = await call(['identity', 'new', 'approver-3'], { environment });
    expect(again.exitCode).toBe(2);
    expect(again.err).toContain('DR_IDENTITY_EXISTS');
  });

  it('asks which key signs when there are several', async () => {
    const environment = { XDG_CONFIG_HOME: home.folder };
    for (const name of ['a', 'b']) await call(['identity', 'new', name], { environment });
    const ran = await call([...START, '--config', home.config, '--confirm', 'booking', '--json'], { environment });
    expect(ran.exitCode).toBe(4);
    expect(ran.lines[0]).toMatchObject({ error: { code: 'DR_IDENTITY_MISSING', actual: ['a.key.pem', 'b.key.pem'] } });
  });
});
