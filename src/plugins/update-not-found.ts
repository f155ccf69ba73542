import { sideEffect } from 'postgraphile/grafast';
import { wrapPlans } from 'postgraphile/utils';
import { notFound } from './errors.ts';

/** An update of no row is an error, as a delete of none is; PostGraphile answers it with null. */
export const UpdateNotFoundPlugin = wrapPlans(
  ({ scope: { isPgUpdateMutation } }) => (isPgUpdateMutation === true ? true : null),
  () => (plan) => {
    const $payload = plan();
    sideEffect($payload.getStepForKey('result'), (row) => {
      if (row === null || row === undefined) throw notFound();
    });
    return $payload;
  },
  { name: 'UpdateNotFoundPlugin', description: 'Answers an update of no row with NOT_FOUND', version: '1.0.0' },
);
