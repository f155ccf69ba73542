/** The words that generated names, titles and stack traces are made of. */

export const COMPANY_FIRST = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fjord', 'granite', 'harbor', 'indigo', 'juniper'] as const;
export const COMPANY_SECOND = [
  'analytics',
  'banking',
  'cargo',
  'energy',
  'foods',
  'games',
  'health',
  'insurance',
  'labs',
  'media',
] as const;
export const COMPANY_THIRD = ['group', 'works'] as const;

export const PROJECTS = [
  ['web-shop', 'Web shop'],
  ['billing', 'Billing'],
  ['mobile-app', 'Mobile app'],
  ['search', 'Search'],
  ['identity', 'Identity'],
  ['warehouse', 'Warehouse'],
  ['notifications', 'Notifications'],
  ['reporting', 'Reporting'],
  ['payments', 'Payments'],
  ['gateway', 'Gateway'],
] as const;

export const ENTITIES = [
  ...['Cart', 'Invoice', 'Order', 'Customer', 'Payment', 'Refund', 'Shipment', 'Session', 'Coupon', 'Catalog', 'Price', 'Stock', 'Address'],
  ...['Subscription', 'Ledger', 'Report', 'Webhook', 'Token', 'Profile', 'Message', 'Upload', 'Tenant', 'Quota', 'Policy', 'Schedule'],
] as const;

export const ACTIONS = [
  ...[
    'add',
    'remove',
    'merge',
    'validate',
    'charge',
    'refund',
    'split',
    'load',
    'store',
    'render',
    'parse',
    'sync',
    'expire',
    'renew',
    'apply',
  ],
  ...['resolve', 'publish', 'archive', 'restore', 'count', 'rank', 'reserve', 'release', 'translate', 'reconcile'],
] as const;

export const LAYERS = ['Service', 'Repository', 'Controller', 'Client', 'Worker', 'Mapper', 'Validator', 'Queue', 'Cache', 'View'] as const;

export const SITUATIONS = [
  ...['when it is empty', 'after a retry', 'of another currency', 'with a discount', 'twice in a row', 'while it is locked', 'for a guest'],
  ...['past midnight', 'with unicode', 'across pages', 'at the limit', 'without a network', 'for an expired session', 'in bulk', 'by id'],
] as const;

export const BRANCHES = [
  'main',
  'main',
  'main',
  'release/2026.4',
  'feature/checkout',
  'feature/search',
  'fix/rounding',
  'chore/dependencies',
] as const;
export const CI = ['github', 'gitlab', 'azure', 'jenkins'] as const;
