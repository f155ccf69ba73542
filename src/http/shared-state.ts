/** Where a count stands that processes share. */
export interface SharedCount {
  readonly consumedPoints: number;
  readonly msBeforeNext: number;
}

/** The sockets that are counted: of one caller, of one address. */
export type SocketList = 'callers' | 'addresses';

/** What the processes of one server have in common, where it has several (WORKERS). */
export interface SharedState {
  /** Counts one more in a window of so many seconds. @throws Error where it is not answered in time. */
  count(key: string, seconds: number): Promise<SharedCount>;
  /** Counts a socket more, unless that would be too many; gives what takes it off again, or null. Never fails. */
  take(list: SocketList, key: string): Promise<(() => void) | null>;
  /** Has every other process look at no credential of an address for so many seconds. */
  shut(address: string, seconds: number): void;
  /** Told of what another process has shut. */
  onShut(listener: (address: string, seconds: number) => void): void;
  /** What is measured in all processes, in Prometheus' text format. */
  metrics(): Promise<string>;
}
