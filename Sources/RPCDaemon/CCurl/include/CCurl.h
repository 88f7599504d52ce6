// libcurl as far as https needs it: typed, since Swift cannot say variadic C, and without libcurl's
// own header, so that nothing has to be installed to build. The library is loaded by `ccurl_load`,
// which is when the first https endpoint is configured; its ABI has been stable since 7.16.
#ifndef CCURL_H
#define CCURL_H

#include <stddef.h>
#include <stdint.h>

/// What loading libcurl came to; one older than 7.88 lacks options that are set here.
enum { CCURL_LOADED = 0, CCURL_MISSING = 1, CCURL_TOO_OLD = 2 };
/// Loads libcurl.so.4, for good. Needed before all else.
int ccurl_load(void);

/// What a socket is to be watched for.
enum { CCURL_WATCH_NOTHING = 0, CCURL_WATCH_IN = 1, CCURL_WATCH_OUT = 2, CCURL_FORGET = 4 };
/// What a socket was found ready for.
enum { CCURL_READY_IN = 1, CCURL_READY_OUT = 2, CCURL_READY_ERROR = 4 };
/// Answers of a body callback: go on, hold it and show it again after `ccurl_unpause`, or give up.
enum { CCURL_TAKEN = 0, CCURL_HOLD = 1, CCURL_GIVE_UP = 2 };
/// Results that are told apart; others are words alone (libcurl's CURLcode).
enum {
    CCURL_OK = 0, CCURL_UNSUPPORTED = 1, CCURL_NO_NAME = 6, CCURL_NO_CONNECTION = 7,
    CCURL_NOT_HTTP = 8, CCURL_CUT = 18, CCURL_NO_MEMORY = 27, CCURL_TIMED_OUT = 28,
    CCURL_TLS_FAILED = 35, CCURL_NO_ANSWER = 52, CCURL_RECEIVE_FAILED = 56,
    CCURL_CERTIFICATE_TROUBLE = 58, CCURL_CIPHER_TROUBLE = 59, CCURL_NOT_TRUSTED = 60,
    CCURL_BAD_CA_FILE = 77, CCURL_BAD_ISSUER = 83, CCURL_BAD_STATUS = 91,
};

/// Told of sockets and of the time after which to call `ccurl_ready(…, -1, 0)`: -1 is never.
/// `owner` is whoever made the wire.
struct ccurl_wire;
struct ccurl_wire *ccurl_wire_new(
    void *owner, void (*watch)(void *owner, int fd, int what),
    void (*set_timer)(void *owner, long milliseconds));
/// Closes all its connections; tells its owner nothing more. Its requests are to be freed before.
void ccurl_wire_free(struct ccurl_wire *wire);
/// Goes on with `fd`, or with all whose time has come (-1).
void ccurl_ready(struct ccurl_wire *wire, int fd, int what);
/// The owner of the next request that has ended and its result; null if there is none.
void *ccurl_next_ended(struct ccurl_wire *wire, int *result);

/// One request. Of this header the callbacks may call `ccurl_request_forbid_reuse` alone.
struct ccurl_request;
struct ccurl_callbacks {
    /// The connection is there, and the request goes out on it: `CCURL_TAKEN` or `CCURL_GIVE_UP`.
    int (*sent)(void *owner);
    /// One line of a head, its line end with it: status line, fields, an empty line. Answered by
    /// `CCURL_TAKEN` or `CCURL_GIVE_UP`.
    int (*line)(void *owner, const void *bytes, size_t count);
    /// A piece of the body.
    int (*body)(void *owner, const void *bytes, size_t count);
};
struct ccurl_request *ccurl_request_new(void *owner, const struct ccurl_callbacks *callbacks);
/// 0, or -1 without memory. Strings and bodies are copied. An empty `ca_file` is the system's.
int ccurl_request_set(
    struct ccurl_request *request, const char *method, const char *url, const char *ca_file,
    long connect_milliseconds);
int ccurl_request_add_field(struct ccurl_request *request, const char *line);
int ccurl_request_set_body(struct ccurl_request *request, const void *bytes, size_t count);
/// Starts it; what becomes of it is told from within `ccurl_ready` alone.
int ccurl_request_start(struct ccurl_request *request, struct ccurl_wire *wire);
/// Its connection is not used again.
void ccurl_request_forbid_reuse(struct ccurl_request *request);
/// Shows again what was held; may call the body callback.
void ccurl_unpause(struct ccurl_request *request);
/// The words of a request that ended badly, and the errno of its connect, or 0.
const char *ccurl_request_words(struct ccurl_request *request, int result);
int ccurl_request_errno(struct ccurl_request *request);
/// Ends it, in the midst of it too, by closing its connection or stream, and frees it.
void ccurl_request_free(struct ccurl_request *request);

#endif
