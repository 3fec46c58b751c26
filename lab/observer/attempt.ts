import { Resolver } from 'node:dns/promises';
import { request } from 'node:http';
import type { ObservedAttempt } from './observed-attempt.ts';
import type { ObserverSettings } from './settings.ts';

/** Asks the resolver for the public name, once, with a channel of its own so that nothing is remembered. */
export async function resolveAfresh(settings: ObserverSettings, signal: AbortSignal): Promise<string> {
  const { resolver, localAddress, timeoutMs, name } = settings;
  const dns = new Resolver({ timeout: timeoutMs, tries: 1 });
  dns.setServers([`${resolver.host}:${resolver.port}`]);
  dns.setLocalAddress(localAddress);
  signal.addEventListener('abort', () => dns.cancel(), { once: true });
  const [address] = await dns.resolve4(name);
  if (address === undefined) throw new Error(`${name} has no address`);
  return address;
}

/** Books once over a connection of its own. Never rejects: what goes wrong is what it is there to see. */
export async function attempt(
  settings: ObserverSettings,
  seq: number,
  addressOf: (signal: AbortSignal) => Promise<string>,
): Promise<ObservedAttempt> {
  const id = `obs-${settings.kind}-${seq}`;
  const at = Date.now();
  const begun = performance.now();
  const signal = AbortSignal.timeout(settings.timeoutMs);
  const ended = (ok: boolean, servedBy: string | null, error: string | null): ObservedAttempt => ({
    at,
    doneAt: at + Math.round(performance.now() - begun),
    seq,
    ok,
    servedBy,
    error,
    id,
  });
  try {
    const { status, servedBy, body } = await book(settings, { id, seq, address: await addressOf(signal), signal });
    const ok = status === 201 || status === 200;
    return ended(ok, servedBy, ok ? null : `HTTP ${status} ${body.slice(0, 200)}`);
  } catch (caught) {
    if (signal.aborted) return ended(false, null, 'timed out');
    const error = caught as NodeJS.ErrnoException;
    return ended(false, null, error.code ?? error.message);
  }
}

function book(
  settings: ObserverSettings,
  booking: { readonly id: string; readonly seq: number; readonly address: string; readonly signal: AbortSignal },
): Promise<{ status: number; servedBy: string | null; body: string }> {
  const { port, localAddress, name, kind } = settings;
  const { id, seq, address, signal } = booking;
  return new Promise((resolve, reject) => {
    const sent = request({
      host: address,
      port,
      localAddress,
      method: 'POST',
      path: '/bookings',
      headers: { host: name, 'content-type': 'application/json' },
      agent: false,
      signal,
    });
    sent.on('error', reject);
    sent.once('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.once('end', () => {
        const servedBy = response.headers['x-served-by'];
        const body = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, servedBy: typeof servedBy === 'string' ? servedBy : null, body });
      });
    });
    sent.end(JSON.stringify({ id, practitioner: `observer-${kind}`, vantage: `observer-${kind}`, number: seq }));
  });
}
