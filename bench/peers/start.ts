import type { PeerDocuments, PeerOptions, RunningPeer } from './peer.ts';

/** The servers that the product is compared with. */
export const PEERS = ['stock', 'hand-written', 'bare'] as const;
export type PeerName = (typeof PEERS)[number];

/** How a peer is started, and what it is asked. */
export interface Peer {
  readonly documents: PeerDocuments;
  start(options: PeerOptions): Promise<RunningPeer>;
}

/** Loads a peer, and nothing of the others. */
export async function peer(name: PeerName): Promise<Peer> {
  if (name === 'stock') {
    const { documents, startStock } = await import('./stock.ts');
    return { documents, start: startStock };
  }
  if (name === 'hand-written') {
    const { documents, startHandWritten } = await import('./hand-written.ts');
    return { documents, start: startHandWritten };
  }
  const { documents, startBare } = await import('./bare.ts');
  return { documents, start: startBare };
}
