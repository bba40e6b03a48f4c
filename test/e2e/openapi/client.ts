// A program against the client that is generated from the server's own OpenAPI document: `tsc` says whether what it sends and reads
// is what the document promises, running it says whether the server keeps the promise.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.d.ts";

type Account = components["schemas"]["Account"];

const client = createClient<paths>({ baseUrl: process.env.URL, headers: { Authorization: `Bearer ${process.env.KEY}` } });

function must<T>(answer: { data?: T; error?: components["schemas"]["Problem"]; response: Response }): T {
  if (answer.data === undefined) throw new Error(`${answer.response.status}: ${answer.error?.detail}`);
  return answer.data;
}

const me = must(await client.GET("/api/v1/me", {}));
const account: Account = must(
  await client.POST("/api/v1/accounts", {
    body: { handle: "generated", owner: me.email, purpose: "a generated client", runs_in: "a test", criticality: "low" },
  }),
);
const where = { params: { path: { account: account.handle } } };

const read = await client.GET("/api/v1/accounts/{account}", where);
const tag = read.response.headers.get("ETag") ?? "";
const edited = must(
  await client.PATCH("/api/v1/accounts/{account}", {
    params: { ...where.params, header: { "If-Match": tag } },
    body: { purpose: "another purpose" },
  }),
);
const late = await client.PATCH("/api/v1/accounts/{account}", {
  params: { ...where.params, header: { "If-Match": tag } },
  body: { purpose: "too late" },
});

// Every page of a list, one record at a time.
const handles: string[] = [];
for (let cursor: string | undefined; ; ) {
  const page = must(await client.GET("/api/v1/accounts", { params: { query: { limit: 1, cursor } } }));
  handles.push(...page.items.map((one) => one.handle));
  if (page.next === null) break;
  cursor = page.next;
}

const unknown = await client.GET("/api/v1/accounts/{account}", { params: { path: { account: "nobody" } } });
console.log(
  JSON.stringify({
    role: me.role,
    purpose: edited.purpose,
    late: late.error?.code,
    status: late.response.status,
    handles,
    unknown: unknown.error?.code,
    limit: read.response.headers.get("RateLimit-Limit"),
  }),
);
