#include "CLinux.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>

// zlib's own declarations, by hand: its ABI has been this since 1995, and so nothing has to be
// installed to build. The library itself is on every system (dpkg and systemd need it); it is
// loaded when a server compresses unasked, which few do.
struct z_stream {
    const unsigned char *next_in;
    unsigned int avail_in;
    unsigned long total_in;
    unsigned char *next_out;
    unsigned int avail_out;
    unsigned long total_out;
    const char *message;
    void *state;
    void *allocate, *release, *opaque;
    int data_type;
    unsigned long adler, reserved;
};
enum { Z_OK = 0, Z_STREAM_END = 1, Z_BUF_ERROR = -5, Z_MEM_ERROR = -4, Z_NO_FLUSH = 0 };

static int (*inflate_init)(struct z_stream *, int bits, const char *version, int size);
static int (*inflate_some)(struct z_stream *, int flush);
static int (*inflate_reset)(struct z_stream *);
static int (*inflate_end)(struct z_stream *);

static int load(void) {
    static void *library;
    if (library) return 0;
    void *found = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!found) return -ENOSYS;
    *(void **)&inflate_init = dlsym(found, "inflateInit2_");
    *(void **)&inflate_some = dlsym(found, "inflate");
    *(void **)&inflate_reset = dlsym(found, "inflateReset");
    *(void **)&inflate_end = dlsym(found, "inflateEnd");
    if (!inflate_init || !inflate_some || !inflate_reset || !inflate_end) return -ENOSYS;
    library = found;
    return 0;
}

struct clinux_inflater {
    struct z_stream stream;
    int has_ended;
};

int clinux_inflater_open(int raw, struct clinux_inflater **inflater) {
    int error = load();
    if (error < 0) return error;
    struct clinux_inflater *made = calloc(1, sizeof *made);
    if (!made) return -ENOMEM;
    // 15: a window of 32 KiB; 32 more: gzip and zlib are told apart by their first bytes.
    if (inflate_init(&made->stream, raw ? -15 : 15 + 32, "1.2.11", sizeof made->stream) != Z_OK) {
        free(made);
        return -ENOMEM;
    }
    *inflater = made;
    return 0;
}

long clinux_inflate(
    struct clinux_inflater *inflater, const void *bytes, size_t count, size_t *used, void *room,
    size_t room_count) {
    struct z_stream *stream = &inflater->stream;
    stream->next_in = bytes;
    stream->avail_in = (unsigned int)count;
    stream->next_out = room;
    stream->avail_out = (unsigned int)room_count;
    // Several compressed pieces one behind the other are one text (RFC 1952, 2.2).
    if (inflater->has_ended && count > 0) {
        inflate_reset(stream);
        inflater->has_ended = 0;
    }
    int result = inflate_some(stream, Z_NO_FLUSH);
    *used = count - stream->avail_in;
    inflater->has_ended = result == Z_STREAM_END;
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR)
        return (long)(room_count - stream->avail_out);
    return result == Z_MEM_ERROR ? -ENOMEM : -EBADMSG;
}

void clinux_inflater_close(struct clinux_inflater *inflater) {
    inflate_end(&inflater->stream);
    free(inflater);
}
