import cors from 'cors';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import { type AuthenticationSources, authenticate } from '../auth/authenticate.ts';
import { IssuerUnavailableError } from '../auth/issuer-keys.ts';
import { ORGANIZATION_HEADER } from '../auth/outside-candidates.ts';
import { UnauthenticatedError } from '../auth/tokens.ts';
import type { Config } from '../config.ts';
import type { BaseRole, Principal, RequestOrigin } from '../database/identity.ts';
import type { OrganizationRates } from '../database/organization-rates.ts';
import type { ErrorCode } from '../plugins/error-codes.ts';
import { translateUnavailable } from '../plugins/errors.ts';
import { answerType, oneOperation, onlyPost, RequestError } from './graphql-request.ts';
import { IDE_PATH, ideFiles } from './ide.ts';
import type { InlinedValues } from './inlined-values.ts';
import { limitRate, RATE_HEADERS, RateLimitedError, type RefusalLimit } from './limit-rate.ts';
import { loggable } from './loggable.ts';
import { answerMetrics } from './metrics-endpoint.ts';
import { origin } from './origin.ts';
import type { RateLimits } from './rate-limits.ts';
import type { RequestMetrics } from './request-metrics.ts';
import { securityHeaders } from './security-headers.ts';
import { type StateBackendParts, stateBackend } from './state-backend.ts';
import { basicAsBearer } from './terraform-credentials.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** What the HTTP layer is made from. */
export interface AppParts {
  readonly config: Config;
  readonly credentials: AuthenticationSources;
  readonly log: Logger;
  /** Whether the server can answer; the reason where it cannot. */
  readonly readiness: () => Promise<string | null>;
  readonly rates: RateLimits;
  readonly refusals: RefusalLimit;
  readonly trusted: TrustedDocuments;
  readonly inlined: InlinedValues;
  readonly organizationRates: OrganizationRates;
  readonly registry: Registry;
  readonly metrics: RequestMetrics;
  readonly states: StateBackendParts;
}

declare module 'express-serve-static-core' {
  interface Request {
    principal?: Principal;
  }
}

/** Who may report test runs, and so may send large bodies. */
const REPORTERS = new Set<BaseRole | 'anonymous'>(['admin', 'developer', 'ci']);

/** The Express application around GraphQL: `addGraphQL` mounts the GraphQL server behind authentication and limits. */
export function createApp(parts: AppParts, addGraphQL: (app: Express) => void): Express {
  const { config, rates, refusals } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', config.TRUSTED_PROXIES ?? false);
  app.use(parts.metrics.measure, securityHeaders(config.NODE_ENV === 'production'), origin);
  // First what is asked most: each route before it would be compared with each request's path.
  app.use('/graphql', graphqlRouter(parts));
  addGraphQL(app);
  app.get('/health/live', (_request, response) => void response.json({ status: 'ok' }));
  app.get(['/health', '/health/ready'], async (_request, response) => {
    const reason = await parts.readiness();
    response.status(reason === null ? 200 : 503).json(reason === null ? { status: 'ok' } : { status: 'unavailable', reason });
  });
  app.get('/health/metrics', answerMetrics(parts.registry, config.METRICS_TOKEN));
  app.get(
    '/.well-known/jwks.json',
    (_request, response) => void response.set('Cache-Control', 'public, max-age=300').json(parts.credentials.tokens.key.jwks),
  );
  app.use(
    '/terraform/states',
    refusals.guard,
    basicAsBearer,
    identify(parts.credentials),
    limitRate(rates, parts.organizationRates, config),
  );
  app.use(stateBackend(parts.states));
  if (config.NODE_ENV !== 'production') app.use(IDE_PATH, ideFiles());
  const sendError = errorSender(parts.metrics);
  app.use((_request, response) => sendError(response, 404, 'NOT_FOUND', 'There is nothing here.'));
  app.use(['/graphql', '/terraform/states'], refusals.count);
  app.use(errors(parts.log, sendError));
  return app;
}

/** What a request for GraphQL passes before it is answered. */
function graphqlRouter({ config, credentials, rates, refusals, organizationRates, trusted, inlined }: AppParts): Router {
  const router = express.Router();
  if (config.CORS_ORIGINS !== undefined) router.use(fromOtherSites(config.CORS_ORIGINS));
  router.use(refusals.guard, identify(credentials), limitRate(rates, organizationRates, config));
  router.use(onlyPost, boundedBody(config), oneOperation(trusted, inlined));
  return router;
}

/** Lets pages of these origins ask from a browser. No cookie is ever set or read, so none is let through. */
function fromOtherSites(origins: string[]): RequestHandler {
  return cors({
    origin: origins,
    methods: ['POST'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Accept', ORGANIZATION_HEADER],
    exposedHeaders: [...RATE_HEADERS, 'X-Request-Id'],
    maxAge: 600,
  });
}

function identify(sources: AuthenticationSources): RequestHandler {
  return async (request, _response, next) => {
    const credentials = request.headersDistinct.authorization;
    // Node.js would keep the first and drop the others.
    if (credentials !== undefined && credentials.length > 1) throw new UnauthenticatedError('There must be one Authorization header.');
    request.principal = await authenticate(sources, {
      authorization: credentials?.[0],
      organization: request.get(ORGANIZATION_HEADER),
      origin: request.origin as RequestOrigin,
    });
    next();
  };
}

/** Bodies are bounded before they are parsed, by who sends them. */
function boundedBody(config: Config): RequestHandler {
  const usual = express.json({ limit: config.MAX_BODY_BYTES });
  const reports = express.json({ limit: config.MAX_REPORT_BYTES });
  return (request, response, next) => {
    const parse = request.principal !== undefined && REPORTERS.has(request.principal.role) ? reports : usual;
    parse(request, response, next);
  };
}

function errors(log: Logger, sendError: SendError): ErrorRequestHandler {
  return (error: Error & { type?: string; status?: number; limit?: number }, request, response, _next) => {
    if (error instanceof UnauthenticatedError) {
      response.set('WWW-Authenticate', 'Bearer');
      return sendError(response, 401, 'UNAUTHENTICATED', error.message);
    }
    if (error instanceof RateLimitedError) {
      return sendError(response, 429, 'RATE_LIMITED', error.message, { retryAfter: error.retryAfter });
    }
    if (error instanceof IssuerUnavailableError) return sendError(response, 503, 'UNAVAILABLE', error.message);
    if (error instanceof RequestError) {
      return sendError(response, error.status, error.code, error.message, error.fields === undefined ? {} : { fields: error.fields });
    }
    if (error.type === 'entity.too.large') {
      return sendError(response, 413, 'BAD_USER_INPUT', `The request is larger than ${error.limit} bytes: send less at once.`);
    }
    if (error.type === 'encoding.unsupported') {
      return sendError(response, 415, 'BAD_USER_INPUT', 'The Content-Encoding is not known: send gzip, deflate, br, or the body as it is.');
    }
    if (error instanceof URIError) {
      return sendError(
        response,
        400,
        'BAD_USER_INPUT',
        'The address cannot be read: what follows a % in it must be the UTF-8 of a character.',
      );
    }
    if (error.status !== undefined && error.status >= 400 && error.status < 500) {
      return sendError(response, error.status, 'BAD_USER_INPUT', 'The request cannot be read: its body must be JSON in UTF-8.');
    }
    // Who calls could not be asked of the database.
    const unavailable = translateUnavailable(error);
    if (unavailable !== null) return sendError(response, 503, unavailable.code, unavailable.message);
    const id = request.origin?.requestId;
    log.error({ id, ...loggable(error) }, 'request failed');
    return sendError(response, 500, 'INTERNAL', `Something went wrong on our side (${id}).`, { id });
  };
}

type SendError = (response: express.Response, status: number, code: ErrorCode, message: string, extensions?: object) => void;

/** Sends an error in the form that GraphQL clients understand, whatever came in between. */
function errorSender(metrics: RequestMetrics): SendError {
  return (response, status, code, message, extensions = {}) => {
    if (response.headersSent) return void response.end();
    metrics.erred(code);
    response
      .status(status)
      .type(answerType(response.req) ?? 'application/json')
      .json({ errors: [{ message, extensions: { ...extensions, code } }] });
  };
}
