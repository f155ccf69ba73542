import type { GrafservBase } from 'grafserv';
import type { GraphQLError } from 'postgraphile/graphql';

/**
 * Has the errors of parsing and validation translated as well: grafserv's `maskError` is asked about those of execution
 * only.
 */
export function translateValidationErrors(serv: GrafservBase, translate: (error: GraphQLError) => GraphQLError): void {
  const getExecutionConfig = serv.getExecutionConfig;
  serv.getExecutionConfig = async (context) => {
    const config = await getExecutionConfig.call(serv, context);
    return {
      ...config,
      parseAndValidate(query) {
        const result = config.parseAndValidate(query);
        return result.errors === undefined ? result : { errors: result.errors.map(translate) };
      },
    };
  };
}
