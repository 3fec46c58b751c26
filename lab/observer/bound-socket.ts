import { Socket } from 'node:net';

/** A socket for `pg` that binds its source address: links ask where a connection comes from. */
export function boundTo(localAddress: string): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket);
  const bound = (port: number, host: string) => connect({ port, host, localAddress });
  socket.connect = bound as typeof socket.connect;
  return socket;
}
