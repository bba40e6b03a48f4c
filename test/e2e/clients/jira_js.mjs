// jira.js with its own calls, as a job of project A makes them. Usage: node jira_js.mjs HOST E-MAIL TOKEN
// Prints one line of JSON a call: {"call", "ok", "error"}. jira.js checks every answer against Atlassian's schema by itself, so that
// an answer from which too much was taken out fails here.
import { createCloudClient } from 'jira.js';

const [host, email, apiToken] = process.argv.slice(2);
const client = createCloudClient({ host, auth: { type: 'basic', email, apiToken } });
const text = words => ({ type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: words }] }] });

async function call(name, parameters, check = () => true) {
  const [group, method] = name.split('.');
  try {
    const answer = await client[group][method](parameters);
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
await call('issues.deleteIssue', { issueIdOrKey: other?.key ?? 'A-2' });
