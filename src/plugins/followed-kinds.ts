/** A kind of event that can be followed: the subscription for it, and what it happens to. */
export interface FollowedKind {
  /** The subscription's field. */
  readonly field: string;
  readonly kind: string;
  /** The table of what it happens to, in the schema of the organization; its GraphQL type; its name in the payload. */
  readonly table: string;
  readonly type: string;
  readonly target: string;
  /** The argument that narrows it, and the column that it is compared with; null where there is none. */
  readonly filter: { readonly argument: string; readonly column: string; readonly description: string } | null;
  readonly description: string;
  readonly payload: string;
}

const OF_PROJECT = {
  argument: 'projectId',
  column: 'project_id',
  description: 'Only of this project; of every one you may see, if it is not given.',
};

/** Everything that can be followed; a subscription is a row here, and its table followed by `app_private.follow_table`. */
export const FOLLOWED_KINDS: readonly FollowedKind[] = [
  {
    field: 'defectReported',
    kind: 'defect_reported',
    table: 'defects',
    type: 'Defect',
    target: 'defect',
    filter: OF_PROJECT,
    description: 'Tells of each defect that is opened, by a report or a person, or that comes back after it was resolved.',
    payload: 'A defect that was opened, or has come back.',
  },
  {
    field: 'deploymentChanged',
    kind: 'deployment_changed',
    table: 'deployments',
    type: 'Deployment',
    target: 'deployment',
    filter: OF_PROJECT,
    description: 'Tells of each deployment that begins or changes.',
    payload: 'A deployment that has begun or changed.',
  },
  {
    field: 'designChanged',
    kind: 'design_changed',
    table: 'designs',
    type: 'Design',
    target: 'design',
    filter: { argument: 'designId', column: 'id', description: 'Only this design; every one you may see, if it is not given.' },
    description: 'Tells of each design that is made or changed.',
    payload: 'A design that was made or changed.',
  },
  {
    field: 'notificationReceived',
    kind: 'notification_received',
    table: 'notifications',
    type: 'Notification',
    target: 'notification',
    filter: null,
    description: 'Tells of each notification that you get.',
    payload: 'A notification that you have got.',
  },
];

export function followedKind(field: string): FollowedKind | undefined {
  return FOLLOWED_KINDS.find((followed) => followed.field === field);
}
