// confluence.js with its own calls, as a job of space A makes them. Usage: node confluence_js.mjs HOST E-MAIL TOKEN
// Prints one line of JSON a call: {"call", "ok", "error"}. confluence.js checks every answer against Atlassian's schema by itself, so
// that an answer from which too much was taken out fails here.
import { createV1Client, createV2Client } from 'confluence.js';

const [host, email, apiToken] = process.argv.slice(2);
const config = { host, auth: { type: 'basic', email, apiToken } };
const v2 = createV2Client(config);
const v1 = createV1Client(config);
const body = words => ({ representation: 'storage', value: `<p>${words}</p>` });

async function call(client, name, parameters, check = () => true) {
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
const some = page => page.results.length > 0;

await call(v1, 'users.getCurrentUser', {}, me => me.accountId);
const spaces = await call(v2, 'space.getSpaces', { keys: ['A'] }, page => page.results.length === 1);
const space = spaces?.results?.[0]?.id ?? '65001';
await call(v2, 'space.getSpaceById', { id: space }, found => found.key === 'A');
await call(v2, 'spaceProperties.getSpaceProperties', { spaceId: space }, some);
await call(v2, 'label.getSpaceContentLabels', { id: space }, some);

const made = await call(v2, 'page.createPage', { body: { spaceId: space, title: 'made by confluence.js', body: body('hello') } }, page => page.spaceId === space);
const id = made?.id ?? '70001';
await call(v2, 'page.getPageById', { id, bodyFormat: 'storage' }, page => page.body.storage.value.includes('hello'));
await call(v2, 'page.updatePage', { id, body: { id, status: 'current', title: 'edited', spaceId: space, body: body('again'), version: { number: 2 } } }, page => page.title === 'edited');
await call(v2, 'page.updatePageTitle', { id, body: { status: 'current', title: 'renamed' } }, page => page.title === 'renamed');
await call(v2, 'page.getPages', { spaceId: [space], limit: 2 }, page => page.results.length === 2 && page._links.next);
await call(v2, 'page.getPagesInSpace', { id: space, limit: 50 }, page => page.results.some(one => one.id === id));
await call(v2, 'version.getPageVersions', { id }, some);
await call(v2, 'children.getChildPages', { id: '70000' }, some);
await call(v2, 'children.getPageDirectChildren', { id: '70000' }, some);
await call(v2, 'descendants.getPageDescendants', { id: '70000' }, some);
await call(v2, 'ancestors.getPageAncestors', { id }, some);
await call(v2, 'operation.getPageOperations', { id }, found => found.operations);
await call(v2, 'like.getPageLikeCount', { id }, found => found.count === 0);

const comment = await call(v2, 'comment.createFooterComment', { pageId: id, body: body('a comment') }, found => found.id);
const commentId = comment?.id ?? '70011';
await call(v2, 'comment.getPageFooterComments', { id, bodyFormat: 'storage' }, some);
await call(v2, 'comment.getFooterCommentById', { commentId }, found => found.id === commentId);
await call(v2, 'comment.createFooterComment', { parentCommentId: commentId, body: body('a reply') }, found => found.id);
await call(v2, 'comment.getFooterCommentChildren', { id: commentId }, some);
await call(v2, 'comment.updateFooterComment', { commentId, body: { version: { number: 2 }, body: body('another text') } }, found => found.id);
await call(v2, 'comment.deleteFooterComment', { commentId });

const property = await call(v2, 'contentProperties.createPageProperty', { pageId: id, key: 'status', value: { build: 812 } }, found => found.id);
const propertyId = property?.id ?? '70017';
await call(v2, 'contentProperties.getPageContentProperties', { pageId: id }, some);
await call(v2, 'contentProperties.getPageContentPropertiesById', { pageId: id, propertyId }, found => found.value.build === 812);
await call(v2, 'contentProperties.updatePagePropertyById', { pageId: id, propertyId, key: 'status', value: 1, version: { number: 2 } }, found => found.value === 1);
await call(v2, 'contentProperties.deletePagePropertyById', { pageId: id, propertyId });

await call(v1, 'contentLabels.addLabelsToContent', { id, body: [{ prefix: 'global', name: 'nightly' }] }, some);
await call(v2, 'label.getPageLabels', { id }, page => page.results[0].name === 'nightly');
await call(v1, 'contentLabels.removeLabelFromContent', { id, label: 'nightly' });

await call(v2, 'blogPost.createBlogPost', { body: { spaceId: space, title: 'news', body: body('news') } }, post => post.id);
await call(v2, 'blogPost.getBlogPosts', { spaceId: [space] }, some);
await call(v2, 'whiteboard.getWhiteboardById', { id: '70006' }, found => found.spaceId === space);
await call(v2, 'database.getDatabaseById', { id: '70007' }, found => found.spaceId === space);
await call(v2, 'folder.getFolderById', { id: '70008' }, found => found.id === '70008');
await call(v2, 'folder.createFolder', { body: { spaceId: space, title: 'a folder' } }, found => found.id);
await call(v2, 'attachment.getPageAttachments', { id: '70001' }, some);
await call(v2, 'attachment.getAttachmentById', { id: 'att70014' }, found => found.pageId === '70001');
await call(v1, 'contentAttachments.downloadAttatchment', { id: '70001', attachmentId: 'att70014' }, bytes => bytes.byteLength > 0);
await call(v2, 'task.getTasks', { spaceId: [space] }, some);

await call(v1, 'search.searchByCQL', { cql: 'type = page and title ~ "renamed"' }, page => page.results.length === 1 && page.results[0].content.id === id);
await call(v1, 'content.searchContentByCQL', { cql: 'space = A and label = seeded', expand: ['space', 'version'] }, some);
await call(v1, 'contentChildrenAndDescendants.copyPage', { id, destination: { type: 'parent_page', value: '70000' }, pageTitle: 'a copy', copyLabels: true }, page => page.id);
await call(v1, 'contentChildrenAndDescendants.movePage', { pageId: id, position: 'append', targetId: '70001' }, moved => moved.pageId);
await call(v1, 'template.getContentTemplates', { spaceKey: 'A' }, some);
await call(v2, 'page.deletePage', { id });

console.error('what lies outside:');
await call(v2, 'page.getPageById', { id: '71001' });
await call(v2, 'page.createPage', { body: { spaceId: '65002', title: 'no', body: body('no') } });
await call(v1, 'contentChildrenAndDescendants.movePage', { pageId: '70001', position: 'append', targetId: '71000' });
