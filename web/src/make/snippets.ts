// How a credential is used: files, commands and lines of code for clients that docs/clients.md names. Texts for a shell or a program hold
// the secret alone, in a form that its own alphabet makes safe; whatever else stands in them is quoted.
import { quoted } from '../parts/command_line.ts';

export interface Snippet {
  key: string;
  label: string;
  text: string;
}

export interface Used {
  /** The gateway's own address, without a slash at its end. */
  gateway: string;
  /** Where the site lies below it, such as /ex/jira/acme. */
  base: string;
  path: string;
  secret: string;
  clientId?: string | undefined;
}

const code = (text: string) => JSON.stringify(text);

export function forToken({ gateway, base, path, secret }: Used): Snippet[] {
  const address = gateway + base;
  const wiki = base.startsWith('/ex/confluence');
  return [
    { key: 'env', label: '.env', text: `GATEHOUSE_BASE=${quoted(address)}\nGATEHOUSE_TOKEN=${quoted(secret)}\n` },
    { key: 'curl', label: 'curl', text: `curl -H ${quoted(`Authorization: Bearer ${secret}`)} ${quoted(address + path)}` },
    {
      key: 'js',
      label: wiki ? 'confluence.js' : 'jira.js',
      text: wiki
        ? `import { createV2Client } from 'confluence.js';\n\nconst wiki = createV2Client({\n  host: ${code(address)},\n  auth: { type: 'basic', email: 'any@example.com', apiToken: process.env.GATEHOUSE_TOKEN },\n});\n`
        : `import { createCloudClient } from 'jira.js';\n\nconst jira = createCloudClient({\n  host: ${code(address)},\n  auth: { type: 'basic', email: 'any@example.com', apiToken: process.env.GATEHOUSE_TOKEN },\n});\n`,
    },
    {
      key: 'python',
      label: 'Python',
      text: `import os\nimport urllib.request\n\nrequest = urllib.request.Request(${code(address + path)})\nrequest.add_header("Authorization", "Bearer " + os.environ["GATEHOUSE_TOKEN"])\nprint(urllib.request.urlopen(request).read().decode())\n`,
    },
    { key: 'github', label: 'GitHub Actions variable', text: `printf %s ${quoted(secret)} | gh secret set GATEHOUSE_TOKEN` },
    { key: 'gitlab', label: 'GitLab CI variable', text: `printf %s ${quoted(secret)} | glab variable set GATEHOUSE_TOKEN --masked` },
  ];
}

export function forClient({ gateway, base, path, secret, clientId = '' }: Used): Snippet[] {
  return [
    { key: 'env', label: '.env', text: `GATEHOUSE_ISSUER=${quoted(gateway)}\nGATEHOUSE_CLIENT_ID=${quoted(clientId)}\nGATEHOUSE_CLIENT_SECRET=${quoted(secret)}\n` },
    {
      key: 'curl',
      label: 'curl',
      text: `TOKEN=$(curl -s -u ${quoted(`${clientId}:${secret}`)} -d grant_type=client_credentials ${quoted(`${gateway}/oauth/token`)} | jq -r .access_token)\ncurl -H "Authorization: Bearer $TOKEN" ${quoted(gateway + base + path)}`,
    },
    {
      key: 'python',
      label: 'Python',
      text: `import base64, json, os, urllib.request\n\nwho = base64.b64encode(f'{os.environ["GATEHOUSE_CLIENT_ID"]}:{os.environ["GATEHOUSE_CLIENT_SECRET"]}'.encode()).decode()\nask = urllib.request.Request(${code(`${gateway}/oauth/token`)}, b"grant_type=client_credentials", {"Authorization": "Basic " + who})\ntoken = json.load(urllib.request.urlopen(ask))["access_token"]\n`,
    },
    { key: 'github', label: 'GitHub Actions variable', text: `printf %s ${quoted(secret)} | gh secret set GATEHOUSE_CLIENT_SECRET` },
    { key: 'gitlab', label: 'GitLab CI variable', text: `printf %s ${quoted(secret)} | glab variable set GATEHOUSE_CLIENT_SECRET --masked` },
  ];
}
