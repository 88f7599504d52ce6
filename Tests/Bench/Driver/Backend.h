// The server's answers, written before any request comes.
#ifndef BACKEND_H
#define BACKEND_H

#include "Bench.h"

/// Chunks of a stream that names no other number in `max_tokens`.
enum { chunks_default = 20 };
/// Whole answers that take turns: as with a real server no two in a row have the same id, time,
/// text and counts.
enum { wholes = 8 };

/// The list of `count` models in LM Studio's form, of which the first is loaded.
void write_models(struct buffer *out, int count);
void write_missing(struct buffer *out);
void write_whole(struct buffer *out, int number);
void write_stream_head(struct buffer *out);
/// One chunk of a stream. Its text is `MARK.INDEX~` for a marked stream (mark > 0), else `~word`.
void write_frame(struct buffer *out, int mark, int index);
void write_stream_end(struct buffer *out, int chunks);

#endif
