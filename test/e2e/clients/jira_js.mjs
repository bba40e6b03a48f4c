// jira.js with its own calls, as a job of project A makes them. Usage: node jira_js.mjs HOST E-MAIL TOKEN
// Prints one line of JSON a call: {"call", "ok", "error"}. jira.js checks every answer against Atlassian's schema by itself, so that
// an answer from which too much was taken out fails here.
import { createAgileClient, createCloudClient, createServiceDeskClient } from 'jira.js';

const [host, email, apiToken] = process.argv.slice(2);
const config = { host, auth: { type: 'basic', email, apiToken } };
const client = createCloudClient(config);
const agile = createAgileClient(config);
const desk = createServiceDeskClient(config);
const text = words => ({ type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: words }] }] });

async function call(name, parameters, check = () => true, client_ = client) {
  const [group, method] = name.split('.');
  try {
    const answer = await client_[group][method](parameters);
    const right = check(answer);
    console.log(JSON.stringify({ call: name, ok: Boolean(right), error: right ? undefined : 'an unexpected answer: ' + JSON.stringify(answer)?.slice(0, 300) }));
    return answer;
  } catch (error) {
    console.log(JSON.stringify({ call: name, ok: false, error: `${error.name} ${error.status ?? ''} ${error.message}`.slice(0, 400) }));
    return undefined;
  }
}

await call('serverInfo.getServerInfo', undefined, info => info.baseUrl);
await call('myself.getCurrentUser', {}, me => me.accountId);
await call('issueFields.getFields', undefined, fields => fields.length > 10);
await call('issuePriorities.getPriorities', undefined, list => list.length > 0);
await call('issueLinkTypes.getIssueLinkTypes', undefined, types => types.issueLinkTypes.length > 0);
await call('projects.getProject', { projectIdOrKey: 'A' }, project => project.key === 'A');
await call('projects.searchProjects', {}, page => page.values.every(project => project.key === 'A') && page.values.length === 1);
await call('projectVersions.getProjectVersions', { projectIdOrKey: 'A' }, Array.isArray);
await call('projectComponents.getProjectComponents', { projectIdOrKey: 'A' }, Array.isArray);
await call('issues.getCreateIssueMetaIssueTypes', { projectIdOrKey: 'A' }, meta => meta);

const made = await call('issues.createIssue', { fields: { project: { key: 'A' }, issuetype: { name: 'Task' }, summary: 'made by jira.js', description: text('hello') } }, issue => issue.key.startsWith('A-'));
const other = await call('issues.createIssue', { fields: { project: { key: 'A' }, issuetype: { name: 'Task' }, summary: 'another one' } }, issue => issue.id);
const issueIdOrKey = made?.key ?? 'A-1';
await call('issues.getIssue', { issueIdOrKey }, issue => issue.fields.summary === 'made by jira.js');
await call('issues.getIssue', { issueIdOrKey, fields: ['summary', 'status'], expand: ['names', 'schema'] }, issue => issue.fields.status);
await call('issues.editIssue', { issueIdOrKey, fields: { summary: 'edited', labels: ['x'] } });
await call('issues.getEditIssueMeta', { issueIdOrKey }, meta => meta.fields);
const moves = await call('issues.getTransitions', { issueIdOrKey }, moves => moves.transitions.length > 0);
await call('issues.doTransition', { issueIdOrKey, transition: { id: moves?.transitions?.[0]?.id ?? '11' } });
await call('issues.getChangeLogs', { issueIdOrKey }, page => page.values.length > 0);

const comment = await call('issueComments.addComment', { issueIdOrKey, body: text('a comment') }, comment => comment.id);
await call('issueComments.getComments', { issueIdOrKey }, page => page.comments.length === 1);
await call('issueComments.getComment', { issueIdOrKey, id: comment?.id ?? '1' }, found => found.id === comment?.id);
await call('issueComments.updateComment', { issueIdOrKey, id: comment?.id ?? '1', body: text('another text') }, found => found.id);
await call('issueComments.deleteComment', { issueIdOrKey, id: comment?.id ?? '1' });

const worklog = await call('issueWorklogs.addWorklog', { issueIdOrKey, timeSpentSeconds: 3600, started: '2026-11-20T10:00:00.000+0000' }, log => log.id);
await call('issueWorklogs.getIssueWorklog', { issueIdOrKey }, page => page.worklogs.length === 1);
await call('issueWorklogs.deleteWorklog', { issueIdOrKey, id: worklog?.id ?? '1' });

await call('issueLinks.linkIssues', { type: { name: 'Blocks' }, inwardIssue: { key: issueIdOrKey }, outwardIssue: { key: other?.key ?? 'A-2' } });
await call('issues.getIssue', { issueIdOrKey, fields: ['issuelinks'] }, issue => issue.fields.issuelinks.length === 1);
await call('issueRemoteLinks.createOrUpdateRemoteIssueLink', { issueIdOrKey, object: { url: 'https://ci.example.com/812', title: 'build 812' } }, link => link.id);
await call('issueRemoteLinks.getRemoteIssueLinks', { issueIdOrKey }, links => links.length === 1);
await call('issueProperties.setIssueProperty', { issueIdOrKey, propertyKey: 'build', propertyValue: { number: 812 } });
await call('issueProperties.getIssueProperty', { issueIdOrKey, propertyKey: 'build' }, property => property.value.number === 812);
await call('issueProperties.deleteIssueProperty', { issueIdOrKey, propertyKey: 'build' });

await call('issueSearch.searchAndReconsileIssuesUsingJql', { jql: 'project = A order by created', fields: ['summary', 'project'], maxResults: 5 },
  page => page.issues.length > 0 && page.issues.every(issue => issue.key.startsWith('A-')));
await call('issueSearch.searchAndReconsileIssuesUsingJqlPost', { jql: 'summary ~ "edited" order by created', fields: ['*all'], maxResults: 50 }, page => page.issues.every(issue => issue.key.startsWith('A-')));
await call('issueSearch.countIssues', { jql: 'order by created' }, answer => answer.count > 0);
await call('issues.bulkFetchIssues', { issueIdsOrKeys: [issueIdOrKey, other?.key ?? 'A-2'], fields: ['summary'] }, answer => answer.issues.length === 2);
const found = await call('issues.getIssue', { issueIdOrKey: 'A-1', fields: ['attachment'] }, issue => issue.fields.attachment.length === 1);
const attachment = found?.fields?.attachment?.[0]?.id ?? '1';
await call('issueAttachments.getAttachmentContent', { id: attachment }, bytes => bytes);
await call('userSearch.findUsers', { query: 'a' }, users => users.length > 0);

const onBoard = (name, parameters, check) => call(name, parameters, check, agile);
await onBoard('board.getAllBoards', { projectKeyOrId: 'A' }, page => page.values.some(board => board.id === 1));
await onBoard('board.getBoard', { boardId: 1 }, board => board.location.projectKey === 'A');
await onBoard('board.getConfiguration', { boardId: 1 }, board => board.columnConfig.columns.length > 0);
await onBoard('board.getIssuesForBoard', { boardId: 1, jql: 'project = A', fields: ['summary'] }, page => page.issues.length > 0);
await onBoard('board.getIssuesForBacklog', { boardId: 1, jql: 'project = A', fields: ['summary'] }, page => page.issues.length > 0);
await onBoard('board.getAllSprints', { boardId: 1 }, page => page.values.length > 1);
await onBoard('board.getEpics', { boardId: 1 }, page => page.values.length > 0);
const sprint = await onBoard('sprint.createSprint', { name: 'made', originBoardId: 1 }, sprint => sprint.id);
const sprintId = sprint?.id ?? 2;
await onBoard('sprint.moveIssuesToSprintAndRank', { sprintId, issues: [issueIdOrKey] });
await onBoard('sprint.getIssuesForSprint', { sprintId, fields: ['summary'] }, page => page.issues.length === 1);
await onBoard('sprint.partiallyUpdateSprint', { sprintId, state: 'active', startDate: '2026-11-20T10:00:00.000Z', endDate: '2026-12-04T10:00:00.000Z' }, sprint => sprint.state === 'active');
await onBoard('issue.rankIssues', { issues: [issueIdOrKey], rankBeforeIssue: 'A-2' });
await onBoard('sprint.partiallyUpdateSprint', { sprintId, state: 'closed' }, sprint => sprint.state === 'closed');
await onBoard('backlog.moveIssuesToBacklog', { issues: [issueIdOrKey] });
await onBoard('epic.getEpic', { epicIdOrKey: 'A-1' }, epic => epic.key === 'A-1');
await onBoard('epic.moveIssuesToEpic', { epicIdOrKey: 'A-1', issues: [issueIdOrKey] });
await onBoard('sprint.deleteSprint', { sprintId });

const atDesk = (name, parameters, check) => call(name, parameters, check, desk);
await atDesk('servicedesk.getServiceDesks', {}, page => page.values.some(one => one.projectKey === 'A'));
await atDesk('servicedesk.getQueues', { serviceDeskId: '1' }, page => page.values.length === 1);
await atDesk('servicedesk.getIssuesInQueue', { serviceDeskId: '1', queueId: 1 }, page => page.values.length > 0);
await atDesk('servicedesk.getRequestTypes', { serviceDeskId: '1' }, page => page.values.length === 1);
await atDesk('servicedesk.getRequestTypeFields', { serviceDeskId: '1', requestTypeId: 1 }, meta => meta.requestTypeFields.length > 0);
const asked = await atDesk('request.createCustomerRequest', { serviceDeskId: '1', requestTypeId: '1', requestFieldValues: { summary: 'asked by jira.js' } }, request => request.issueKey.startsWith('A-'));
const request = { issueIdOrKey: asked?.issueKey ?? 'A-2' };
await atDesk('request.getCustomerRequestByIdOrKey', request, found => found.issueKey === asked?.issueKey);
await atDesk('request.getCustomerRequests', { serviceDeskId: 1 }, page => page.values.length > 0);
await atDesk('request.createRequestComment', { ...request, body: 'a comment', public: true }, comment => comment.id);
await atDesk('request.getRequestComments', request, page => page.values.length === 1);
await atDesk('request.getCustomerRequestStatus', request, page => page.values.length === 1);
await atDesk('request.getCustomerTransitions', request, page => page.values.length > 0);
await atDesk('request.performCustomerTransition', { ...request, id: '31' });
await call('issues.deleteIssue', { issueIdOrKey: other?.key ?? 'A-2' });
