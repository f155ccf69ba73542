import { GraphQLError } from 'postgraphile/graphql';

/** The error of an operation that asks for too much. */
export function tooComplex(message: string, cost: number, limit: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX', cost, limit } });
}
