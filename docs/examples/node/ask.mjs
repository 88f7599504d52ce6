#!/usr/bin/env node
// Asks several things at once over one connection.   ask.mjs PROMPT...

import { CrowdModels } from "./crowd-models.mjs";

const models = await CrowdModels.connect();
// null counts as not given.
const model = process.env.CROWD_MODELS_MODEL ?? null;
const ask = (prompt) => models.call("complete", { prompt, model, max_tokens: 500 });
const answers = await Promise.allSettled(process.argv.slice(2).map(ask));
for (const { value, reason } of answers) {
    console.log(value ? value.content : `${reason.data?.kind ?? "failed"}: ${reason.message}`);
}
models.close();
