import type { Registry } from 'prom-client';
import type { SharedCount, SocketList } from '../http/shared-state.ts';

/** What is measured in one process. */
export type ProcessMetrics = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** What a process asks of the one that supervises it. */
export type Question =
  | { readonly about: 'count'; readonly key: string; readonly seconds: number }
  | { readonly about: 'take'; readonly list: SocketList; readonly key: string }
  | { readonly about: 'metrics' };

/** The answer to each kind of question; a socket's is what it is named by when it is taken off again. */
export interface Answers {
  readonly count: SharedCount;
  readonly take: number | null;
  readonly metrics: string;
}

/** From a process to the one that supervises it. */
export type Upward =
  | { readonly kind: 'ready'; readonly url: string }
  | { readonly kind: 'failed'; readonly sentence: string }
  | { readonly kind: 'ask'; readonly id: number; readonly question: Question }
  | { readonly kind: 'release'; readonly socket: number }
  | { readonly kind: 'shut'; readonly address: string; readonly seconds: number }
  | { readonly kind: 'measured'; readonly id: number; readonly metrics: ProcessMetrics };

/** From the process that supervises to one of the others. */
export type Downward =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly kind: 'shut'; readonly address: string; readonly seconds: number }
  | { readonly kind: 'measure'; readonly id: number };
