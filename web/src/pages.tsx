// The panel's pages: where they lie, who may open them, and the keys that lead there. To add one: its first segment into segments.ts, its
// component below pages/, its title into texts.ts, and a line here. Heavy ones come as `lazy(() => import(…))`.
import type { ComponentType } from 'react';
import type { OperationId } from './api/client.ts';
import { Account } from './pages/Account.tsx';
import { Accounts } from './pages/Accounts.tsx';
import { Audit, AuditRecord } from './pages/Audit.tsx';
import { Notifications } from './pages/Notifications.tsx';
import { People } from './pages/People.tsx';
import { Person } from './pages/Person.tsx';
import { Policies } from './pages/Policies.tsx';
import { Site } from './pages/Site.tsx';
import { Sites } from './pages/Sites.tsx';
import { Token } from './pages/Token.tsx';
import { Tokens } from './pages/Tokens.tsx';
import { Tonight } from './pages/Tonight.tsx';
import type { Segment } from './segments.ts';
import { texts } from './texts.ts';

export interface PanelPage {
  /** Empty: "/". */
  segment: Segment | '';
  title: string;
  group: keyof typeof texts.groups;
  /** Shown to whom this operation is open to. */
  needs: OperationId;
  /** After "g". */
  key: string;
  list: ComponentType;
  /** Of one record: /segment/id. */
  details?: ComponentType<{ id: string }>;
}

export const pages: PanelPage[] = [
  { segment: '', title: texts.tonight.title, group: 'now', needs: 'listTokens', key: 'h', list: Tonight },
  { segment: 'accounts', title: texts.accounts.title, group: 'automations', needs: 'listAccounts', key: 'a', list: Accounts, details: Account },
  { segment: 'tokens', title: texts.tokens.title, group: 'automations', needs: 'listTokens', key: 't', list: Tokens, details: Token },
  { segment: 'sites', title: texts.sites.title, group: 'organization', needs: 'listSites', key: 's', list: Sites, details: Site },
  { segment: 'people', title: texts.people.title, group: 'organization', needs: 'listUsers', key: 'p', list: People, details: Person },
  { segment: 'policies', title: texts.policies.title, group: 'organization', needs: 'showPolicy', key: 'o', list: Policies },
  { segment: 'notifications', title: texts.notifications.title, group: 'record', needs: 'listDeliveries', key: 'n', list: Notifications },
  { segment: 'audit', title: texts.audit.title, group: 'record', needs: 'listAudit', key: 'u', list: Audit, details: AuditRecord },
];
