import { createIdentity } from '../../identity/create-identity.ts';
import type { Session } from '../session.ts';
import { labelled, screen } from '../terminal/layout.ts';
import { plain } from '../terminal/text-width.ts';

/** Makes a key pair and prints the line that goes into the configuration. The private half stays where it is. */
export async function identityNew(session: Session, name: string): Promise<number> {
  const created = await createIdentity(name, session.environment.identityFolder);
  session.report.result('identity', { name, ...created }, (style) =>
    screen(
      [
        ...labelled('private key', `${created.privateKeyPath} (stays on this machine)`, style),
        ...labelled('public key', created.publicKeyPath, style),
        ...labelled('key id', created.keyId, style),
        '',
        'Have this added to the configuration, under people of your service:',
        `  - id: ${plain(name)}`,
        '    roles: [operator]        # or approver, or both',
        `    publicKey: ${created.publicKey}`,
        '',
        ...labelled('then', `export LIFEBOAT_IDENTITY=${created.privateKeyPath}`, style),
      ],
      style,
    ),
  );
  return 0;
}
