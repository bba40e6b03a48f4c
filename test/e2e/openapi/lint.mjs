// lint.mjs FILE: prints each finding of Redocly's recommended rules, and ends with 1 where there is one.
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { readFileSync } from "node:fs";

const config = await createConfig({ extends: ["recommended"], rules: { "operation-4xx-response": "off" } });
const problems = await lintFromString({ source: readFileSync(process.argv[2], "utf8"), absoluteRef: "openapi.json", config });
for (const one of problems) console.log(`${one.severity} ${one.ruleId} ${one.location[0]?.pointer ?? ""}: ${one.message}`);
process.exit(problems.length === 0 ? 0 : 1);
