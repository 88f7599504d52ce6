/// The text of `--help`.
enum Help {
    static let text = [usage, models, prompts, pace, faults, control].joined(separator: "\n")

    private static let usage = """
        lmstudio-simulator: a model server that answers as LM Studio does, without a model.

        It speaks LM Studio's REST API (v0 and v1) and its OpenAI-compatible API over HTTP/1.1, with
        LM Studio's bodies, errors, habits and traps. Text is made up, and the same for the same
        request. The first line on standard output is `listening on http://127.0.0.1:PORT`.

        Usage: lmstudio-simulator [OPTION...]

          --play KIND           be another server, by what was captured of it: what
                                Tests/Captures/KIND.play says of a request is sent to the byte, on
                                that server's own port. Models and prompts are then of no account;
                                of the faults those that break off or delay an answer are, and
                                `capture`
          --host 127.X.Y.Z      listen on that address of this machine (127.0.0.1)
          --port N              listen on 127.0.0.1:N; 0 lets the system choose (1234)
          --ipv6                listen on [::1] too, at the same port
          --unix PATH           listen on a Unix socket instead (an existing file is replaced)
          --api-key KEY         answer 401 without `Authorization: Bearer KEY`
          --idle-timeout S      close a kept-alive connection after S silent seconds; 0 never (5)
          --exit-with-parent    end when the parent process ends, or a pipe on standard input
          --constant            benchmark: chat requests get an answer that was written beforehand
                                (20 tokens, whole or in 20 chunks): one read, one write. They meet
                                no fault and are not logged
          --verbose             say every request on standard error
          --help                this text

        Endpoints: GET /lmstudio-greeting, /lms-status, /api/v0/models, /api/v0/models/ID,
        /api/v1/models, /v1/models; POST /api/v0/chat/completions, /v1/chat/completions,
        /api/v0/completions, /v1/completions, /api/v0/embeddings, /v1/embeddings, /api/v1/chat,
        /api/v1/models/load, /api/v1/models/unload. Anything else is answered with status 200 and
        an error, as LM Studio does.

        """

    private static let models = """
        Models
          --model ID[,KEY=VALUE...]   a downloaded model; repeat it for more. Keys:
              type=llm|vlm|embeddings  state=loaded|not-loaded  arch=llama  quant=Q4_K_M
              format=gguf|mlx  publisher=NAME  ctx=TOKENS (as loaded)  max=TOKENS
              caps=tool_use+vision  size=BYTES  params=7B  parallel=N (requests at once; 4)
              jit=true (loaded by an earlier request: the next load evicts it)
              reasoning=reasoning|reasoning_content (the field that thinking comes in)
          --models FILE         a JSON list of such texts, or of objects with these keys or with
                                those of GET /api/v0/models, whose answer can be used as it is
          --load-time S         how long a load takes (0)
          --no-jit              a request does not load a model
          --no-auto-evict       a load on request does not unload what was loaded on request
                                before. Without it, a running generation dies with its model
          --unknown-model substitute|400|404
                                a wrong name is served by the one loaded model (the default; 400
                                when none or several are loaded), or refused, 404 in older words

        Without --model there are llama-2-7b-chat (loaded), mistral-7b-instruct and the embedding
        model text-embedding-nomic-embed-text-v1.5.

        """

    private static let prompts = """
        Prompts (the last user message) that ask for a certain answer
          echo:TEXT             TEXT, to the byte
          tokens:N              N tokens
          think:PROMPT          8 tokens of reasoning, then the answer to PROMPT
          call:NAME [JSON]      a call of the tool NAME, if the request offers it; its arguments are
                                the JSON, or made up from the tool's schema
        Others get 16 to 79 tokens of words with letters of many alphabets. A token is a word, or 12
        bytes of a long one; a message costs 4 tokens more. max_tokens, stop, seed, tools,
        response_format (json_schema) and stream_options.include_usage are honoured; other
        parameters are checked for their type.

        """

    private static let pace = """
        Pace
          --token-rate N        tokens per second; 0 is as fast as possible (0)
          --first-token-delay S time before the first token (0)
          --prompt-rate N       tokens of the prompt read per second, before the first token (0: all
                                at once)
          --tokens N            the length of answers that nothing else decides
          --prefill-cancels     a client that leaves before the first token frees its slot at once.
                                In LM Studio the prompt is read to its end first

        """

    private static let faults = """
        Faults
          --fault NAME[=ARG][,times=N][,after=N][,path=/x]    repeat it for more
        `times` is how many requests meet it (all), `after` how many are let through first, `path`
        the only path it is for (`/api/*`: all that begin so). N below counts frames of a stream
        that are sent first; a stream with fewer meets the fault instead of its end.

          on any request (set `path` to spare the lists of models):
            refuse[=S]          refuse connections for S seconds (1), and end those that are open
            hang[=S]            send nothing, for ever or for S seconds
            hang-headers        send the headers, then nothing
            slow[=S]            wait S seconds (1), then answer
            500 503 404 ...     this status; `429=S` and `503=S` say Retry-After: S
            reset[=N]           reset the connection after N frames (2) or half of a body
            truncate[=N]        close it there
            stale-keepalive     close a connection when its second or later request arrives
            close               answer, say Connection: close, and close
            split[=N[:US]]      send every N bytes (1) by themselves, US microseconds apart
            pretty[=errors]     bodies on many lines, all or only the errors'
            garbage[=N]         a body, or the frame after N frames (1), that is not JSON
            garbage-head        a head that is not HTTP
            chunked[=N]         bodies in chunks of N bytes;   bad-chunk   a chunk without a size
            no-content-length   a body that ends with the connection
            content-length=short|long|N    a length that is wrong
            interim[=100|102|103]          an interim answer (103) first
            trailers            fields after the last chunk
            huge-header[=BYTES] a header of that length (65536)
            http10              an answer of HTTP/1.0
          on requests that generate:
            cut[=N]             end a stream after N frames (2), properly for HTTP
            stall[=N]           send no more after N frames (2) or half of a body
            no-done, no-finish  leave out `[DONE]`, or the frame with the finish_reason
            error-event[=[N:]TEXT]   after N frames (0) an `event: error` with TEXT, and the end
            error-data, error-string the same as data without an event; as a bare string
            splice[=N]          a frame cut by another request's, after N frames (1)
            batch[=N]           N frames (2) per write;  crlf  CR LF;  comments  `: keepalive` lines
            no-models[=string|404]   "No models loaded", as an object, a string, with 404
            http200-error       "Unexpected endpoint or method" with status 200
            wrong-model[=NAME]  the answer names another model
            crash[=N]           the model's process dies after N tokens (0); from then on nothing is
                                loaded, until POST /api/v1/models/load or /simulator/models
            usage=absent|null|empty|zeros    what `usage` says
            choices=absent|empty             no choices, or a frame without them first
            tps=absent|null|zero             what stats.tokens_per_second says
            stats-in-stream     usage and stats in the last frame of /api/v0's stream
            capture=NAME        with --play, what Tests/Captures/NAME.http holds, if the play names it
            old                 as 0.3: the role in every frame, other keys, no token details

        """

    private static let control = """
        While it runs (these are never logged, never refused, and meet no fault)
          GET, POST, DELETE /simulator/faults    POST replaces all by a JSON list of texts as above,
                                or of {"fault":"429","arg":"3","times":1,"after":0,"path":"/x"}
          POST /simulator/models                 a new list of models, as in --models
          GET, DELETE /simulator/log             the last 1000 requests: number, connection, at_ms,
                                method, path, headers (no tokens), body, status, faults, and
                                closed_early_ms: when the client left before the answer's end,
                                counted from the request
          GET /simulator/stats                   requests, connections, connections_open,
                                generating (now), generated, prompt_tokens and completion_tokens of
                                these, aborted, and for each abort: after_ms, tokens sent, delay_us
                                (the most that the close can have waited to be noticed; 0 if
                                noticing it ended a sleep) and detected_monotonic_ns
                                (CLOCK_MONOTONIC, to compare with the client's own)

        Example: a slow model that answers 429 twice, and whose first stream breaks:
          lmstudio-simulator --port 0 --token-rate 30 --first-token-delay 0.5 \\
              --fault 429=2,times=2,path=/v1/chat/completions --fault reset=5,times=1
        """
}
