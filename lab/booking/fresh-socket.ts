import { Resolver } from 'node:dns';
import { type LookupFunction, Socket } from 'node:net';
import type { Endpoint } from '../topology.ts';

/**
 * A socket for `pg` that binds its source address and asks the given resolver for the name each time: a connection
 * opened after a promotion must not go where the name pointed before it.
 */
export function freshSocket(options: { readonly resolver: Endpoint; readonly localAddress: string }): Socket {
  const { resolver, localAddress } = options;
  const lookup: LookupFunction = (name, { all }, callback) => {
    // A resolver of its own per connection: one kept for long may keep answers.
    const dns = new Resolver({ timeout: 400, tries: 2 });
    dns.setServers([`${resolver.host}:${resolver.port}`]);
    dns.setLocalAddress(localAddress);
    dns.resolve4(name, (error, [address] = []) => {
      const failure = error ?? (address === undefined ? new Error(`${name} has no address`) : null);
      if (all) callback(failure, address === undefined ? [] : [{ address, family: 4 }]);
      else callback(failure, address ?? '', 4);
    });
  };
  const socket = new Socket();
  const connect = socket.connect.bind(socket);
  // `pg` calls connect(port, host) and leaves no other way to name a source address.
  const bound = (port: number, host: string) => connect({ port, host, localAddress, lookup });
  socket.connect = bound as typeof socket.connect;
  return socket;
}
