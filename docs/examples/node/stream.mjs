#!/usr/bin/env node
// Prints an answer as it comes; Ctrl-C ends it, and the model stops.   stream.mjs PROMPT [MODEL]

import { CrowdModels } from "./crowd-models.mjs";

const models = await CrowdModels.connect();
const [prompt, model = process.env.CROWD_MODELS_MODEL ?? null] = process.argv.slice(2);
const interruption = new AbortController();
process.once("SIGINT", () => interruption.abort());
try {
    const { finish_reason, stats } = await models.call(
        "complete",
        { prompt, model, stream: true },
        {
            // A delta may hold reasoning or tool calls instead of text.
            onDelta: ({ content = "" }) => process.stdout.write(content),
            signal: interruption.signal,
        },
    );
    console.error(`\n${finish_reason} after ${stats.total_time.toFixed(2)} s`);
} catch (error) {
    console.error(`${error.data?.kind ?? "failed"}: ${error.message}`);
    process.exitCode = 1;
}
models.close();
