// LM Studio's answers to the byte shapes of its version 0.3.
#include "Backend.h"

#include <stdio.h>
#include <stdlib.h>

static const char model[] = "bench-model";

static void write_json(struct buffer *out, const struct buffer *body) {
    append_text(out,
                "HTTP/1.1 200 OK\r\nX-Powered-By: Express\r\nContent-Type: application/json; "
                "charset=utf-8\r\nContent-Length: %zu\r\nDate: Sat, 01 Nov 2025 12:00:00 GMT\r\n"
                "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n",
                body->count);
    append(out, body->bytes, body->count);
}

void write_models(struct buffer *out, int count) {
    struct buffer body = {0};
    append_text(&body, "{\"object\":\"list\",\"data\":[");
    for (int i = 0; i < count; i++) {
        char name[64];
        snprintf(name, sizeof name, i == 0 ? "%s" : "%s-%d", model, i);
        append_text(&body,
                    "%s{\"id\":\"%s\",\"object\":\"model\",\"type\":\"llm\",\"publisher\":"
                    "\"bench-community\",\"arch\":\"llama\",\"compatibility_type\":\"gguf\","
                    "\"quantization\":\"Q4_K_M\",\"state\":\"%s\",\"max_context_length\":131072%s,"
                    "\"capabilities\":[\"tool_use\"]}",
                    i == 0 ? "" : ",", name, i == 0 ? "loaded" : "not-loaded",
                    i == 0 ? ",\"loaded_context_length\":8192" : "");
    }
    append_text(&body, "]}");
    write_json(out, &body);
    free(body.bytes);
}

void write_missing(struct buffer *out) {
    struct buffer body = {0};
    append_text(&body, "{\"error\":\"Unexpected endpoint or method.\"}");
    write_json(out, &body);
    free(body.bytes);
}

void write_whole(struct buffer *out, int number) {
    struct buffer body = {0};
    int words = chunks_default - wholes / 2 + number;
    append_text(&body,
                "{\"id\":\"chatcmpl-i3gkjwthhw%02dwhukek9tz\",\"object\":\"chat.completion\","
                "\"created\":17319903%02d,\"model\":\"%s\",\"choices\":[{\"index\":0,\"logprobs\":"
                "null,\"finish_reason\":\"stop\",\"message\":{\"role\":\"assistant\",\"content\":\"",
                number * 7, number * 3, model);
    for (int i = 0; i < words; i++) append_text(&body, "%sword", i == 0 ? "" : " ");
    append_text(&body,
                "\"}}],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,\"total_tokens\":%d"
                "},\"stats\":{\"tokens_per_second\":%d.43709529007664,\"time_to_first_token\":0.1%d1,"
                "\"generation_time\":0.9%d4,\"stop_reason\":\"eosFound\"},\"model_info\":{\"arch\":"
                "\"llama\",\"quant\":\"Q4_K_M\",\"format\":\"gguf\",\"context_length\":8192},"
                "\"runtime\":{\"name\":\"llama.cpp-linux-x86_64-avx2\",\"version\":\"1.3.0\","
                "\"supported_formats\":[\"gguf\"]}}",
                8 + number, words, 8 + number + words, 51 + number, number + 1, number + 2);
    write_json(out, &body);
    free(body.bytes);
}

void write_stream_head(struct buffer *out) {
    append_text(out,
                "HTTP/1.1 200 OK\r\nX-Powered-By: Express\r\nContent-Type: text/event-stream\r\n"
                "Cache-Control: no-cache\r\nDate: Sat, 01 Nov 2025 12:00:00 GMT\r\n"
                "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n");
}

static void write_chunk(struct buffer *out, const struct buffer *event) {
    append_text(out, "%zx\r\n", event->count);
    append(out, event->bytes, event->count);
    append(out, "\r\n", 2);
}

static void write_event_start(struct buffer *event) {
    append_text(event,
                "data: {\"id\":\"chatcmpl-um3b2l9t12bzrtha63q8\",\"object\":"
                "\"chat.completion.chunk\",\"created\":1747835957,\"model\":\"%s\","
                "\"system_fingerprint\":\"%s\",\"choices\":[",
                model, model);
}

void write_frame(struct buffer *out, int mark, int index) {
    struct buffer event = {0};
    write_event_start(&event);
    append_text(&event, "{\"index\":0,\"delta\":{%s\"content\":\"",
                index == 0 ? "\"role\":\"assistant\"," : "");
    if (mark > 0) append_text(&event, "%d.%d~", mark, index);
    else append_text(&event, "~word");
    append_text(&event, "\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n");
    write_chunk(out, &event);
    free(event.bytes);
}

void write_stream_end(struct buffer *out, int chunks) {
    struct buffer event = {0};
    write_event_start(&event);
    append_text(&event,
                "{\"index\":0,\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\"}]}\n\n");
    write_chunk(out, &event);
    event.count = 0;
    write_event_start(&event);
    append_text(&event,
                "],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":%d,\"total_tokens\":%d}}"
                "\n\n",
                chunks, chunks + 10);
    write_chunk(out, &event);
    event.count = 0;
    append_text(&event, "data: [DONE]\n\n");
    write_chunk(out, &event);
    append_text(out, "0\r\n\r\n");
    free(event.bytes);
}
