#!/usr/bin/env node
// Asks several things at once over one connection.   ask.mjs PROMPT...

import { CrowdModels } from "./crowd-models.mjs";

const models = await CrowdModels.connect();
const answers = await Promise.allSettled(
    process.argv.slice(2).map((prompt) => models.call("complete", { prompt, max_tokens: 500 })),
);
for (const { value, reason } of answers) {
    console.log(value ? value.content : `${reason.data?.kind ?? "failed"}: ${reason.message}`);
}
models.close();
