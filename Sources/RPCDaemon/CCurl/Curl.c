#include "CCurl.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

// libcurl's numbers: an option is its type's base and its place in the list (curl.h).
enum { LONGS = 0, POINTERS = 10000, FUNCTIONS = 20000, OFFSETS = 30000 };
enum {
    OPT_WRITEDATA = POINTERS + 1, OPT_URL = POINTERS + 2, OPT_ERRORBUFFER = POINTERS + 10,
    OPT_WRITEFUNCTION = FUNCTIONS + 11, OPT_HTTPHEADER = POINTERS + 23,
    OPT_HEADERDATA = POINTERS + 29, OPT_CUSTOMREQUEST = POINTERS + 36, OPT_NOBODY = LONGS + 44,
    OPT_POST = LONGS + 47, OPT_CAINFO = POINTERS + 65, OPT_FORBID_REUSE = LONGS + 75,
    OPT_HEADERFUNCTION = FUNCTIONS + 79, OPT_HTTP_VERSION = LONGS + 84,
    OPT_CAPATH = POINTERS + 97, OPT_NOSIGNAL = LONGS + 99, OPT_PRIVATE = POINTERS + 103,
    OPT_POSTFIELDSIZE_LARGE = OFFSETS + 120,
    OPT_CONNECTTIMEOUT_MS = LONGS + 156, OPT_COPYPOSTFIELDS = POINTERS + 165,
    OPT_PATH_AS_IS = LONGS + 234, OPT_PIPEWAIT = LONGS + 237,
    OPT_SUPPRESS_CONNECT_HEADERS = LONGS + 265, OPT_PREREQFUNCTION = FUNCTIONS + 312,
    OPT_PREREQDATA = POINTERS + 313, OPT_PROTOCOLS_STR = POINTERS + 318,
};
enum {
    MULTI_SOCKETFUNCTION = FUNCTIONS + 1, MULTI_SOCKETDATA = POINTERS + 2,
    MULTI_TIMERFUNCTION = FUNCTIONS + 4, MULTI_TIMERDATA = POINTERS + 5,
};
enum { INFO_PRIVATE = 0x100000 + 21, INFO_OS_ERRNO = 0x200000 + 25 };
enum { HTTP_VERSION_2TLS = 4, MESSAGE_DONE = 1, GLOBAL_DEFAULT = 3, PAUSE_NOTHING = 0 };
static const size_t pause_body = 0x10000001;

struct list;
struct message {
    int kind;
    void *easy;
    union {
        void *whatever;
        int result;
    } data;
};

static struct {
    void *library;
    const char *(*version)(void);
    int (*global_init)(long);
    void *(*easy_init)(void);
    int (*easy_setopt)(void *, int, ...);
    int (*easy_getinfo)(void *, int, ...);
    int (*easy_pause)(void *, int);
    void (*easy_cleanup)(void *);
    const char *(*easy_strerror)(int);
    struct list *(*slist_append)(struct list *, const char *);
    void (*slist_free_all)(struct list *);
    void *(*multi_init)(void);
    int (*multi_setopt)(void *, int, ...);
    int (*multi_add_handle)(void *, void *);
    int (*multi_remove_handle)(void *, void *);
    int (*multi_socket_action)(void *, int, int, int *);
    struct message *(*multi_info_read)(void *, int *);
    int (*multi_cleanup)(void *);
} curl;

/// Whether `version`, such as `libcurl/7.88.1 OpenSSL/3.0.19`, is one that has all that is asked of
/// it.
static int is_new_enough(const char *version) {
    const char *name = "libcurl/";
    if (strncmp(version, name, strlen(name)) != 0) return 0;
    char *end = NULL;
    long major = strtol(version + strlen(name), &end, 10);
    long minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    return major > 7 || (major == 7 && minor >= 88);
}

static int find_all(void *found) {
    const struct {
        const char *name;
        void *place;
    } wanted[] = {
        {"curl_version", &curl.version},
        {"curl_global_init", &curl.global_init},
        {"curl_easy_init", &curl.easy_init},
        {"curl_easy_setopt", &curl.easy_setopt},
        {"curl_easy_getinfo", &curl.easy_getinfo},
        {"curl_easy_pause", &curl.easy_pause},
        {"curl_easy_cleanup", &curl.easy_cleanup},
        {"curl_easy_strerror", &curl.easy_strerror},
        {"curl_slist_append", &curl.slist_append},
        {"curl_slist_free_all", &curl.slist_free_all},
        {"curl_multi_init", &curl.multi_init},
        {"curl_multi_setopt", &curl.multi_setopt},
        {"curl_multi_add_handle", &curl.multi_add_handle},
        {"curl_multi_remove_handle", &curl.multi_remove_handle},
        {"curl_multi_socket_action", &curl.multi_socket_action},
        {"curl_multi_info_read", &curl.multi_info_read},
        {"curl_multi_cleanup", &curl.multi_cleanup},
    };
    for (size_t index = 0; index < sizeof wanted / sizeof *wanted; index++) {
        void *symbol = dlsym(found, wanted[index].name);
        if (!symbol) return -1;
        memcpy(wanted[index].place, &symbol, sizeof symbol);
    }
    return 0;
}

int ccurl_load(void) {
    if (curl.library) return CCURL_LOADED;
    void *found = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!found) return CCURL_MISSING;
    int error = CCURL_LOADED;
    if (find_all(found) < 0 || !is_new_enough(curl.version())) {
        error = CCURL_TOO_OLD;
    } else if (curl.global_init(GLOBAL_DEFAULT) != 0) {
        error = CCURL_MISSING;
    }
    if (error == CCURL_LOADED) {
        curl.library = found;
    } else {
        dlclose(found);
    }
    return error;
}

struct ccurl_wire {
    void *multi;
    void *owner;
    void (*watch)(void *, int, int);
    void (*set_timer)(void *, long);
};

static int on_socket(void *easy, int fd, int what, void *wire, void *socket) {
    struct ccurl_wire *of = wire;
    of->watch(of->owner, fd, what);
    return 0;
}

static int on_timer(void *multi, long milliseconds, void *wire) {
    struct ccurl_wire *of = wire;
    of->set_timer(of->owner, milliseconds);
    return 0;
}

struct ccurl_wire *ccurl_wire_new(
    void *owner, void (*watch)(void *, int, int), void (*set_timer)(void *, long)) {
    struct ccurl_wire *wire = calloc(1, sizeof *wire);
    if (!wire) return NULL;
    wire->multi = curl.multi_init();
    if (!wire->multi) {
        free(wire);
        return NULL;
    }
    wire->owner = owner;
    wire->watch = watch;
    wire->set_timer = set_timer;
    curl.multi_setopt(wire->multi, MULTI_SOCKETFUNCTION, on_socket);
    curl.multi_setopt(wire->multi, MULTI_SOCKETDATA, wire);
    curl.multi_setopt(wire->multi, MULTI_TIMERFUNCTION, on_timer);
    curl.multi_setopt(wire->multi, MULTI_TIMERDATA, wire);
    return wire;
}

void ccurl_wire_free(struct ccurl_wire *wire) {
    curl.multi_setopt(wire->multi, MULTI_SOCKETFUNCTION, NULL);
    curl.multi_setopt(wire->multi, MULTI_TIMERFUNCTION, NULL);
    curl.multi_cleanup(wire->multi);
    free(wire);
}

void ccurl_ready(struct ccurl_wire *wire, int fd, int what) {
    int running = 0;
    curl.multi_socket_action(wire->multi, fd, what, &running);
}

void *ccurl_next_ended(struct ccurl_wire *wire, int *result) {
    int left = 0;
    struct message *message;
    while ((message = curl.multi_info_read(wire->multi, &left))) {
        if (message->kind != MESSAGE_DONE) continue;
        void *owner = NULL;
        *result = message->data.result;
        curl.easy_getinfo(message->easy, INFO_PRIVATE, &owner);
        return owner;
    }
    return NULL;
}

struct ccurl_request {
    void *easy;
    void *multi;
    void *owner;
    struct list *fields;
    struct ccurl_callbacks callbacks;
    char words[256];
};

static size_t on_body(char *bytes, size_t size, size_t count, void *request) {
    struct ccurl_request *of = request;
    switch (of->callbacks.body(of->owner, bytes, size * count)) {
    case CCURL_TAKEN: return size * count;
    case CCURL_HOLD: return pause_body;
    // Any other count than what was given ends the transfer.
    default: return size * count + 1;
    }
}

static size_t on_line(char *bytes, size_t size, size_t count, void *request) {
    struct ccurl_request *of = request;
    int gives_up = of->callbacks.line(of->owner, bytes, size * count) == CCURL_GIVE_UP;
    return size * count + gives_up;
}

static int on_sent(void *request, char *ip, char *local_ip, int port, int local_port) {
    struct ccurl_request *of = request;
    return of->callbacks.sent(of->owner) == CCURL_GIVE_UP;
}

struct ccurl_request *ccurl_request_new(void *owner, const struct ccurl_callbacks *callbacks) {
    struct ccurl_request *request = calloc(1, sizeof *request);
    if (!request) return NULL;
    request->easy = curl.easy_init();
    if (!request->easy) {
        free(request);
        return NULL;
    }
    request->owner = owner;
    request->callbacks = *callbacks;
    return request;
}

int ccurl_request_set(
    struct ccurl_request *request, const char *method, const char *url, const char *ca_file,
    long connect_milliseconds) {
    void *easy = request->easy;
    int error = curl.easy_setopt(easy, OPT_URL, url);
    error |= curl.easy_setopt(easy, OPT_PRIVATE, request->owner);
    error |= curl.easy_setopt(easy, OPT_ERRORBUFFER, request->words);
    error |= curl.easy_setopt(easy, OPT_WRITEFUNCTION, on_body);
    error |= curl.easy_setopt(easy, OPT_WRITEDATA, request);
    error |= curl.easy_setopt(easy, OPT_HEADERFUNCTION, on_line);
    error |= curl.easy_setopt(easy, OPT_HEADERDATA, request);
    error |= curl.easy_setopt(easy, OPT_PREREQFUNCTION, on_sent);
    error |= curl.easy_setopt(easy, OPT_PREREQDATA, request);
    error |= curl.easy_setopt(easy, OPT_NOSIGNAL, 1L);
    error |= curl.easy_setopt(easy, OPT_PATH_AS_IS, 1L);
    error |= curl.easy_setopt(easy, OPT_SUPPRESS_CONNECT_HEADERS, 1L);
    error |= curl.easy_setopt(easy, OPT_PROTOCOLS_STR, "https");
    error |= curl.easy_setopt(easy, OPT_CONNECTTIMEOUT_MS, connect_milliseconds);
    // One connection for all where the server speaks HTTP/2; a libcurl without it speaks HTTP/1.1.
    curl.easy_setopt(easy, OPT_HTTP_VERSION, (long)HTTP_VERSION_2TLS);
    curl.easy_setopt(easy, OPT_PIPEWAIT, 1L);
    if (strcmp(method, "HEAD") == 0) {
        error |= curl.easy_setopt(easy, OPT_NOBODY, 1L);
    } else if (strcmp(method, "GET") != 0) {
        error |= curl.easy_setopt(easy, OPT_CUSTOMREQUEST, method);
    }
    if (*ca_file) {
        // Instead of the system's, which would be trusted beside it.
        error |= curl.easy_setopt(easy, OPT_CAINFO, ca_file);
        error |= curl.easy_setopt(easy, OPT_CAPATH, (char *)NULL);
    }
    // No waiting for leave to send what is wanted anyway, and no field that nobody asked for.
    error |= ccurl_request_add_field(request, "Expect:");
    error |= ccurl_request_add_field(request, "Accept:");
    return error ? -1 : 0;
}

int ccurl_request_add_field(struct ccurl_request *request, const char *line) {
    struct list *longer = curl.slist_append(request->fields, line);
    if (!longer) return -1;
    request->fields = longer;
    return 0;
}

int ccurl_request_set_body(struct ccurl_request *request, const void *bytes, size_t count) {
    int error = curl.easy_setopt(request->easy, OPT_POST, 1L);
    error |= curl.easy_setopt(request->easy, OPT_POSTFIELDSIZE_LARGE, (int64_t)count);
    error |= curl.easy_setopt(request->easy, OPT_COPYPOSTFIELDS, count ? bytes : "");
    return error ? -1 : 0;
}

int ccurl_request_start(struct ccurl_request *request, struct ccurl_wire *wire) {
    int error = curl.easy_setopt(request->easy, OPT_HTTPHEADER, request->fields);
    if (error || curl.multi_add_handle(wire->multi, request->easy)) return -1;
    request->multi = wire->multi;
    return 0;
}

void ccurl_request_forbid_reuse(struct ccurl_request *request) {
    curl.easy_setopt(request->easy, OPT_FORBID_REUSE, 1L);
}

void ccurl_unpause(struct ccurl_request *request) {
    curl.easy_pause(request->easy, PAUSE_NOTHING);
}

const char *ccurl_request_words(struct ccurl_request *request, int result) {
    return request->words[0] ? request->words : curl.easy_strerror(result);
}

int ccurl_request_errno(struct ccurl_request *request) {
    long number = 0;
    curl.easy_getinfo(request->easy, INFO_OS_ERRNO, &number);
    return (int)number;
}

void ccurl_request_free(struct ccurl_request *request) {
    if (request->multi) curl.multi_remove_handle(request->multi, request->easy);
    curl.easy_cleanup(request->easy);
    curl.slist_free_all(request->fields);
    free(request);
}
