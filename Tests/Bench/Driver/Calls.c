// The requests that are measured, and where their answers end. The same code speaks to the daemon
// (JSON-RPC lines), to Redis (RESP) and to HTTP servers, so that the driver costs all of them
// alike.
#include "Bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/// What a completion asks for: some 300 bytes, a short question of a tool.
static const char prompt[] =
    "Write one sentence about the sea, in the style of an old logbook, without naming a ship, a "
    "port or a person, and mention the wind, the light in the evening and what the cook made of "
    "the last potatoes. Answer with the sentence alone.";

static void append_prompt(struct buffer *buffer, size_t size) {
    append(buffer, "\"", 1);
    for (size_t written = 0; size == 0 ? written == 0 : written < size;
         written += sizeof prompt - 1)
        append(buffer, prompt, sizeof prompt - 1);
    append(buffer, "\"", 1);
}

/// `base`: the API of the backend that is asked, or the daemon's own.
static void http_call(struct call *call, const char *base, bool stream, size_t prompt_bytes,
                      int tokens) {
    struct buffer body = {0};
    append_text(&body, "{\"model\":\"bench-model\",\"messages\":[{\"role\":\"user\",\"content\":");
    append_prompt(&body, prompt_bytes);
    append_text(&body, "}]");
    if (tokens > 0) append_text(&body, ",\"max_tokens\":%d", tokens);
    if (stream) append_text(&body, ",\"stream\":true,\"stream_options\":{\"include_usage\":true}");
    append_text(&body, "}");
    append_text(&call->request,
                "POST %s/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
                "Content-Type: application/json\r\nAccept: application/json\r\n"
                "Content-Length: %zu\r\n\r\n",
                base, body.count);
    append(&call->request, body.bytes, body.count);
    free(body.bytes);
    call->framing = framed_by_body;
    call->is_stream = stream;
}

static void complete_call(struct call *call, bool stream, size_t prompt_bytes, int tokens) {
    append_text(&call->request,
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"complete\",\"params\":"
                "{\"model\":\"bench-model\",\"prompt\":");
    append_prompt(&call->request, prompt_bytes);
    if (tokens > 0) append_text(&call->request, ",\"max_tokens\":%d", tokens);
    if (stream) append_text(&call->request, ",\"stream\":true");
    append_text(&call->request, "}}\n");
    call->framing = stream ? framed_by_result : framed_by_line;
    call->is_stream = stream;
}

static void make_call(struct call *call, const char *kind) {
    const size_t megabyte = 1 << 20;
    if (strcmp(kind, "redis") == 0) {
        append_text(&call->request, "*1\r\n$4\r\nPING\r\n");
    } else if (strcmp(kind, "complete") == 0) {
        complete_call(call, false, 0, 0);
    } else if (strcmp(kind, "complete-1mb") == 0) {
        complete_call(call, false, megabyte, 0);
    } else if (strcmp(kind, "stream") == 0) {
        complete_call(call, true, 0, 0);
    } else if (strcmp(kind, "flood") == 0) {
        complete_call(call, true, 0, 20000);
    } else if (strcmp(kind, "http") == 0) {
        http_call(call, "/api/v0", false, 0, 0);
    } else if (strcmp(kind, "chat") == 0) {
        http_call(call, "/v1", false, 0, 0);
    } else if (strcmp(kind, "http-1mb") == 0) {
        http_call(call, "/api/v0", false, megabyte, 0);
    } else if (strcmp(kind, "http-stream") == 0) {
        http_call(call, "/v1", true, 0, 0);
    } else if (strcmp(kind, "http-flood") == 0) {
        http_call(call, "/v1", true, 0, 20000);
    } else {
        append_text(&call->request, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\"}\n", kind);
    }
}

struct target parse_target(const char *text) {
    struct target target = {0};
    char kind[32];
    if (sscanf(text, "%63[^=]=%31[^@]@%127[^#]#%d", target.name, kind, target.address, &target.pid)
        < 3)
        die("%s is not NAME=KIND@ADDRESS[#PID]", text);
    make_call(&target.call, kind);
    return target;
}

static bool begins(const char *bytes, size_t count, const char *text) {
    size_t size = strlen(text);
    return count >= size && memcmp(bytes, text, size) == 0;
}

static size_t chunked_length(const char *bytes, size_t count, size_t head) {
    static const char end[] = "\r\n0\r\n\r\n";
    size_t size = sizeof end - 1;
    size_t from = count > size + head ? count - size : head - 2;
    // The answers are constant and never pipelined: the end of the body is the end of the bytes.
    return count >= head + 5 && memcmp(bytes + from, end, count - from) == 0 ? count : 0;
}

static size_t body_length(const char *bytes, size_t count) {
    const char *end = memmem(bytes, count, "\r\n\r\n", 4);
    if (!end) return 0;
    if (!begins(bytes, count, "HTTP/1.1 200 ")) die("not answered well: %.200s", bytes);
    size_t head = (size_t)(end - bytes) + 4;
    for (const char *line = bytes; line < end;) {
        const char *feed = memchr(line, '\n', (size_t)(end - line) + 2);
        if (!feed) break;
        line = feed + 1;
        if (strncasecmp(line, "content-length:", 15) == 0) {
            size_t whole = head + strtoul(line + 15, NULL, 10);
            return count >= whole ? whole : 0;
        }
        if (strncasecmp(line, "transfer-encoding:", 18) == 0)
            return chunked_length(bytes, count, head);
    }
    die("an answer without a length: %.200s", bytes);
}

size_t answer_length(const struct call *call, const struct buffer *buffer) {
    const char *bytes = buffer->bytes;
    size_t count = buffer->count;
    if (call->framing == framed_by_body) return body_length(bytes, count);
    size_t at = 0;
    while (at < count) {
        const char *feed = memchr(bytes + at, '\n', count - at);
        if (!feed) return 0;
        size_t line = (size_t)(feed - bytes) + 1 - at;
        size_t look = line < 100 ? line : 100;
        if (bytes[at] == '-' || memmem(bytes + at, look, "\"error\":", 8))
            die("answered with an error: %.300s", bytes + at);
        if (call->framing == framed_by_line || memmem(bytes + at, look, "\"result\":", 9))
            return at + line;
        at += line;
    }
    return 0;
}

size_t ask(int socket, const struct call *call, struct buffer *buffer, uint64_t *first) {
    send_all(socket, call->request.bytes, call->request.count);
    const char *sign = call->framing == framed_by_body ? "data:" : "complete.delta";
    bool seen = first == NULL;
    while (true) {
        if (!receive(socket, buffer, 0, NULL)) die("the connection ended before its answer");
        if (!seen && memmem(buffer->bytes, buffer->count, sign, strlen(sign))) {
            *first = now();
            seen = true;
        }
        size_t length = answer_length(call, buffer);
        if (length > 0) return length;
    }
}
