import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** How a link treats what comes in. */
export type LinkState =
  | 'whole'
  /** Connections stay open and nothing gets through, as with a process that is paused. */
  | 'frozen'
  /** Every connection is broken off, and new ones are too. */
  | 'cut'
  /** Those that are there go on; new ones are refused, as by a server that is out of connections. */
  | 'full';

/** A TCP link to a server on this machine which can fail on demand. */
export interface FaultyLink {
  /** The server's URL by way of this link. */
  url: string;
  set(state: LinkState): void;
  /** Ms that every piece of data takes longer, in either direction. */
  delay(ms: number): void;
  close(): Promise<void>;
}

export async function openFaultyLink(serverUrl: string): Promise<FaultyLink> {
  const target = new URL(serverUrl);
  const pairs = new Set<{ near: Socket; far: Socket }>();
  let state: LinkState = 'whole';
  let delayMs = 0;

  const forward = (from: Socket, to: Socket): void => {
    from.on('data', (bytes) => {
      if (delayMs === 0) to.write(bytes);
      else setTimeout(() => to.writable && to.write(bytes), delayMs);
    });
    from.on('close', () => to.destroy());
    from.on('error', () => to.destroy());
  };
  const server = createServer((near) => {
    if (state === 'cut' || state === 'full') {
      near.on('error', () => undefined);
      near.destroy();
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    const pair = { near, far };
    pairs.add(pair);
    near.on('close', () => pairs.delete(pair));
    forward(near, far);
    forward(far, near);
    if (state === 'frozen') freeze(pair);
  });
  const freeze = ({ near, far }: { near: Socket; far: Socket }): void => {
    near.pause();
    far.pause();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(serverUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    set: (next) => {
      state = next;
      for (const pair of pairs) {
        if (next === 'cut') {
          pair.near.destroy();
          pair.far.destroy();
        } else if (next === 'frozen') freeze(pair);
        else {
          pair.near.resume();
          pair.far.resume();
        }
      }
    },
    delay: (ms) => {
      delayMs = ms;
    },
    close: async () => {
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
