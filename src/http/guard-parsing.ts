import type { GrafservBase } from 'grafserv';
import type { GraphQLError } from 'postgraphile/graphql';
import { asGraphQLError } from '../plugins/errors.ts';
import { refuseLength } from '../plugins/operation-limits.ts';
import { countFields } from '../plugins/operation-size.ts';
import { DocumentCache } from './document-cache.ts';

/** The fields of all the documents that are kept parsed and planned. */
const KEPT_FIELDS = 15_000;

type ParseAndValidate = Awaited<ReturnType<GrafservBase['getExecutionConfig']>>['parseAndValidate'];

/**
 * Has the errors of parsing and validation translated as well, grafserv's `maskError` is asked about those of execution
 * only; has no document parsed that is too long; and keeps those that are right, in a cache whose memory is bounded
 * (grafserv's own, which is not, is turned off with `parseAndValidateCacheSize`).
 *
 * @returns tells whether a document is right, without an answer to anybody; it is kept, where it is.
 */
export async function guardParsing(
  serv: GrafservBase,
  translate: (error: GraphQLError) => GraphQLError,
): Promise<(query: string) => boolean> {
  const documents = new DocumentCache<ReturnType<ParseAndValidate>>(KEPT_FIELDS);
  const getExecutionConfig = serv.getExecutionConfig;
  serv.getExecutionConfig = async (context) => {
    const config = await getExecutionConfig.call(serv, context);
    return {
      ...config,
      parseAndValidate(query) {
        const known = documents.get(query);
        if (known !== undefined) return known;
        const refusal = refuseLength(query);
        if (refusal !== null) return { errors: [translate(refusal)] };
        try {
          const result = keep(query, config.parseAndValidate(query));
          return result.errors === undefined ? result : { errors: result.errors.map((error) => translate(asGraphQLError(error))) };
        } catch (error) {
          return { errors: [translate(asGraphQLError(error))] };
        }
      },
    };
  };
  const { parseAndValidate } = await getExecutionConfig.call(serv, {} as never);
  return (query) => {
    if (documents.get(query) !== undefined) return true;
    try {
      return keep(query, parseAndValidate(query)).errors === undefined;
    } catch {
      return false;
    }
  };

  function keep(query: string, result: ReturnType<ParseAndValidate>): ReturnType<ParseAndValidate> {
    if (result.errors === undefined) documents.set(query, countFields(result.document), result);
    return result;
  }
}
