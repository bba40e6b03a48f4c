// The first segment of each of the panel's addresses. The build gives them to the binary (src/web/panel_assets.h), which answers with the
// panel there and with 404 elsewhere; pages.tsx has the page behind each. No address of the server's own pages may stand here.
export const segments = [
  'blast',
  'calendar',
  'channels',
  'denials',
  'explain',
  'register',
  'reports',
  'accounts',
  'tokens',
  'sites',
  'people',
  'audit',
  'notifications',
  'policies',
  'make',
  'requests',
  'clients',
  'apps',
] as const;

export type Segment = (typeof segments)[number];
