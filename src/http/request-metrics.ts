import type { RequestHandler } from 'express';
import type pg from 'pg';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { SharedState } from './shared-state.ts';

/** A registry with what is measured of every process: CPU, memory, garbage collection, the event loop's lag. */
export function newRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** The same, which is told for all processes of the server together. */
export function sharedRegistry(processes: SharedState): Registry {
  const registry = newRegistry();
  registry.metrics = () => processes.metrics();
  return registry;
}

const ROUTES = new Set(['/graphql', '/health', '/health/live', '/health/ready', '/health/metrics', '/.well-known/jwks.json', '/']);
const METHODS = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

/** What is measured of requests. No label names a caller, an organization, or what was asked for. */
export class RequestMetrics {
  readonly #seconds: Histogram<'method' | 'route' | 'status'>;
  readonly #operations: Counter<'operation' | 'outcome'>;
  readonly #errors: Counter<'code'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#seconds = new Histogram({
      name: 'defectxray_http_request_duration_seconds',
      help: 'HTTP requests by method, route and status, and how long they took.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
      registers,
    });
    this.#operations = new Counter({
      name: 'defectxray_graphql_operations_total',
      help: 'GraphQL operations that were run, by kind and whether any part of them failed.',
      labelNames: ['operation', 'outcome'],
      registers,
    });
    this.#errors = new Counter({
      name: 'defectxray_errors_total',
      help: 'Errors that clients were answered, by code.',
      labelNames: ['code'],
      registers,
    });
  }

  /** Measures each request from here on. */
  readonly measure: RequestHandler = (request, response, next) => {
    const began = performance.now();
    // What is mounted further on changes the request's path.
    const { path, method } = request;
    response.on('close', () => {
      const route = ROUTES.has(path) ? path : 'other';
      const status = response.writableFinished ? String(response.statusCode) : 'aborted';
      this.#seconds.observe({ method: METHODS.has(method) ? method : 'other', route, status }, (performance.now() - began) / 1_000);
    });
    next();
  };

  executed(operation: string, failed: boolean): void {
    this.#operations.inc({ operation, outcome: failed ? 'failed' : 'succeeded' });
  }

  erred(code: string): void {
    this.#errors.inc({ code });
  }
}

/** Measures a pool of database connections whenever it is asked for. */
export function measurePool(registry: Registry, pool: pg.Pool): void {
  new Gauge({
    name: 'defectxray_database_pool',
    help: 'Database connections of requests: open (total), unused (idle); and who waits for one (waiting).',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'total' }, pool.totalCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
}

/** Counts the operations that are run. */
export function countOperationsPlugin(metrics: RequestMetrics): GraphileConfig.Plugin {
  return {
    name: 'CountOperationsPlugin',
    description: 'Counts the GraphQL operations that are run',
    version: '1.0.0',
    grafast: {
      middleware: {
        async execute(next, { args }) {
          const result = (await next()) as { errors?: readonly unknown[] };
          const named = args.document.definitions.find(
            (definition) =>
              definition.kind === 'OperationDefinition' && (args.operationName == null || definition.name?.value === args.operationName),
          );
          metrics.executed(named?.kind === 'OperationDefinition' ? named.operation : 'unknown', (result.errors?.length ?? 0) > 0);
          return result as never;
        },
      },
    },
  };
}
