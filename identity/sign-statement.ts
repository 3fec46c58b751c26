import { createPublicKey, type KeyObject } from 'node:crypto';
import type { SignedStatement, Statement } from '../domain/statement.ts';
import { signEnvelope } from './dsse.ts';
import { keyIdOf } from './public-key.ts';

export const STATEMENT_TYPE = 'application/vnd.lifeboat.statement+json';

/** Signs exactly the JSON bytes of the statement. */
export function signStatement(statement: Statement, privateKey: KeyObject): SignedStatement {
  const body = Buffer.from(JSON.stringify(statement));
  return signEnvelope(STATEMENT_TYPE, body, privateKey, keyIdOf(createPublicKey(privateKey)));
}
