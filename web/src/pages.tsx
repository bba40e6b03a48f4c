// The panel's pages: where they lie, who may open them, and the keys that lead there. To add one: its first segment into segments.ts, its
// component below pages/, its title into texts.ts, and a line here. Heavy ones come as `lazy(() => import(…))`.
import { lazy, type ComponentType } from 'react';
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
import { Blast } from './pages/Blast.tsx';
import { Calendar } from './pages/Calendar.tsx';
import { Channels } from './pages/Channels.tsx';
import { Denials } from './pages/Denials.tsx';
import { Entry } from './pages/Entry.tsx';
import { Explain } from './pages/Explain.tsx';
import { Register } from './pages/Register.tsx';
import { ReportPage, Reports } from './pages/Reports.tsx';
import type { Segment } from './segments.ts';
import { texts } from './texts.ts';

const Make = lazy(() => import('./pages/Make.tsx').then((all) => ({ default: all.Make })));
const Requests = lazy(() => import('./pages/Requests.tsx').then((all) => ({ default: all.Requests })));
const Clients = lazy(() => import('./pages/Clients.tsx').then((all) => ({ default: all.Clients })));
const Client = lazy(() => import('./pages/Client.tsx').then((all) => ({ default: all.Client })));
const Apps = lazy(() => import('./pages/Apps.tsx').then((all) => ({ default: all.Apps })));
const App = lazy(() => import('./pages/Apps.tsx').then((all) => ({ default: all.App })));

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
  { segment: 'make', title: texts.make.title, group: 'now', needs: 'createToken', key: 'm', list: Make },
  { segment: 'requests', title: texts.requests.title, group: 'now', needs: 'listApprovals', key: 'r', list: Requests },
  { segment: 'accounts', title: texts.accounts.title, group: 'automations', needs: 'listAccounts', key: 'a', list: Accounts, details: Account },
  { segment: 'tokens', title: texts.tokens.title, group: 'automations', needs: 'listTokens', key: 't', list: Tokens, details: Token },
  { segment: 'clients', title: texts.clients.title, group: 'automations', needs: 'listClients', key: 'l', list: Clients, details: Client },
  { segment: 'apps', title: texts.apps.title, group: 'automations', needs: 'listApps', key: 'y', list: Apps, details: App },
  { segment: 'sites', title: texts.sites.title, group: 'organization', needs: 'listSites', key: 's', list: Sites, details: Site },
  { segment: 'people', title: texts.people.title, group: 'organization', needs: 'listUsers', key: 'p', list: People, details: Person },
  { segment: 'policies', title: texts.policies.title, group: 'organization', needs: 'showPolicy', key: 'o', list: Policies },
  { segment: 'notifications', title: texts.notifications.title, group: 'record', needs: 'listMatters', key: 'n', list: Notifications },
  { segment: 'audit', title: texts.audit.title, group: 'record', needs: 'listAudit', key: 'u', list: Audit, details: AuditRecord },
  { segment: 'calendar', title: texts.calendar.title, group: 'now', needs: 'listTokens', key: 'c', list: Calendar },
  { segment: 'blast', title: texts.blast.title, group: 'now', needs: 'reportWake', key: 'w', list: Blast },
  { segment: 'reports', title: texts.reports.title, group: 'now', needs: 'reportShared', key: 'f', list: Reports, details: ReportPage },
  { segment: 'register', title: texts.register.title, group: 'automations', needs: 'listRegister', key: 'i', list: Register, details: Entry },
  { segment: 'channels', title: texts.channels.title, group: 'record', needs: 'listWebhooks', key: 'b', list: Channels },
  { segment: 'denials', title: texts.denials.title, group: 'record', needs: 'listDenials', key: 'd', list: Denials },
  { segment: 'explain', title: texts.explain.title, group: 'record', needs: 'explain', key: 'e', list: Explain },
];
