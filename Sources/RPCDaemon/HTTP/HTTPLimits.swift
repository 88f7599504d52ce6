/// Every maximum of this room: what a model server may make the daemon hold or look at.
package enum HTTPLimits {
    /// Bytes of an answer's head, its interim heads counted in: nginx and Node send at most 16 KiB,
    /// large cookies and tracing of proxies doubled, and doubled again.
    package static let headBytesMax = 64 * 1024
    /// Bytes of a head that a connection keeps to know the next one by: heads of local servers have
    /// some 200, and what proxies of proxies add is worth no memory.
    package static let templateBytesMax = 2 * 1024
    /// Header fields of one head: servers send about 10, proxies of proxies about 50.
    package static let headerCountMax = 200
    /// Header fields of a client's request: SDKs send about 20, browsers 15.
    package static let requestFieldsMax = 100
    /// Interim (1xx) answers before the real one: 100 and 103 are each sent once, 102 every few
    /// seconds of a long answer's 300; the rest is a loop.
    package static let interimAnswersMax = 100
    /// One chunk-size line with its extensions: 16 digits are needed, extensions are ignored.
    package static let chunkLineBytesMax = 4 * 1024
    /// All trailer lines after a chunked body: they are ignored, so this only bounds the patience.
    package static let trailerBytesMax = 16 * 1024
    /// One frame of an event stream: a last frame may repeat the whole answer, and 128 Ki tokens of
    /// 4 bytes, escaped and with reasoning, stay below it.
    package static let eventBytesMax = 4 * 1024 * 1024
    /// What an event stream keeps allocated between frames: a cut frame of usual size fits.
    package static let eventBytesKept = 16 * 1024
    /// Bytes that are kept of lines in an event stream that are words and no fields: the page of a
    /// proxy says what happened at its beginning.
    package static let strayBytesMax = 4 * 1024
    /// A server's wish to be left alone, in milliseconds; what is longer counts as one day.
    package static let retryAfterMillisecondsMax = 24 * 60 * 60 * 1000
    /// A server's promise to keep an idle connection, in seconds; what is longer counts as one day.
    package static let keepAliveSecondsMax = 24 * 60 * 60
    /// Bytes of a redirect's target that are kept, for the error that names it.
    package static let locationBytesMax = 256
    /// Bytes of a request's prepared head: servers refuse more than 8 KiB to 16 KiB.
    package static let requestHeadBytesMax = 8 * 1024
    /// Bytes of a request's body that is kept until the answer begins, to go out again where a
    /// kept-alive connection turns out to be dead; it counts in `memory_max` as long. A larger one
    /// has a new connection, which costs some half of what it takes to send a megabyte, since the
    /// kernel lets a new one send little at first.
    package static let resentBytesMax = 4 * 1024 * 1024
    /// Bytes of a whole answer: a list of 10,000 models takes 5 MiB, an answer of 128 Ki tokens 1
    /// MiB, embeddings of 1,000 texts with 4,096 numbers of 12 digits 50 MiB.
    package static let answerBytesMax = 64 * 1024 * 1024
    /// Bytes that are read of an answer without success: its words, a list of models or a stack
    /// trace fit, and the rest says nothing that anybody would read.
    package static let errorBytesMax = 64 * 1024
    /// How long the end of an answer is waited for whose last word is known, in seconds: it comes
    /// with the word or a packet later, and a server that lingers costs a new connection.
    package static let lingerSeconds: UInt64 = 2
    /// Bytes of such a rest: last chunks and trailers, no second answer.
    package static let lingerBytesMax = 64 * 1024
    /// Bytes of a list of models: 30,000 with all their details.
    package static let listBytesMax = 16 * 1024 * 1024
    /// Models of one list: ten times what the largest services have. Each takes some 200 bytes
    /// while the list is read, 20 MiB in all, and 1 KiB where it is known.
    package static let listModelsMax = 100_000
    /// How long an idle connection is kept where the server did not say, in seconds: Node and
    /// cpp-httplib close after 5, and the next request would meet a connection about to close.
    package static let idleSecondsMax = 5
    /// How long the addresses of a name are believed, in seconds.
    package static let addressSeconds: UInt64 = 5
}
