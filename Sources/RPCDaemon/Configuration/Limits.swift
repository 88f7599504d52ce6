/// Every maximum that the daemon holds, with its reason; `[limits]` may change what is a `var`.
///
/// Whoever refuses something over a limit names it as it is named in `[limits]`.
/// Many properties: one a limit.
package struct Limits: Equatable, Sendable {
    /// Bytes of one line from a client, its newline not counted. Four photographs of 1.5 MiB each
    /// in base64 are 4 × 1.5 × 4/3 = 8 MiB; a prompt of 128,000 tokens is about 0.5 MiB.
    package var lineBytesMax = 8 * mebibyte

    /// Levels of JSON, the outermost value being 1. A chat with a JSON Schema nests some 30 deep;
    /// a reader that recurses needs less than 64 KiB of stack for 128.
    package var depthMax = 128

    /// Requests in one batch. A turn of the loop handles 100 requests of a connection, so a batch
    /// delays others no longer than single lines may.
    package var batchMax = 100

    /// Bytes of an id as it is written, without its quotes: each delta of a stream repeats it, and
    /// a UUID has 36. 100 deltas of one read with 4 KiB each are 400 KiB.
    package var idBytesMax = 4 * kibibyte

    /// Bytes of a name that a client gives: of a method, a model, a backend, a tag, a session. A
    /// path to a model's file may have 1 KiB; names are quoted in errors and kept by statistics.
    package var nameBytesMax = kibibyte

    /// Connections in all. An idle one costs up to 8 KiB: 4096 × 8 KiB = 32 MiB.
    package var connectionsMax = 4096

    /// Connections of one user. A quarter of all: no three users can lock out a fourth.
    package var connectionsPerUIDMax = 1024

    /// Requests that one connection may have queued or running. Sixteen times what one model
    /// runs side by side (4), so that a program's fan-out fits and its mistakes stay small.
    package var inFlightPerConnectionMax = 64

    /// Requests that wait for one backend. With 4 at once and 4.7 s each, the last of 256 waits
    /// 256 / 4 × 4.7 s = 300 s, which is the default time limit: more could only time out.
    package var queueMax = 256

    /// Bytes held in all: lines that are not handled yet, what requests hold (their text, and what
    /// was answered so far), answers on their way, output that waits to be read, models that are
    /// known, statistics. Every connection may have a line and an output of 8 MiB, and 64 requests:
    /// 4096 × 16 MiB = 64 GiB, which no machine has to spare; 1 GiB holds 64 of the largest
    /// requests of every user that may connect at once. ARCHITECTURE.md adds up what stands beside.
    package var memoryMax = 1024 * mebibyte

    /// Bytes that may wait for one client. Reading from it pauses at `outputPauseBytes`; what
    /// is in flight by then still has to fit: 64 requests × 112 KiB = 7 MiB, and the 1 MiB.
    package var outputBytesMax = 8 * mebibyte

    /// Bytes that are read of a server's list of models: 30,000 with all their details.
    package var listBytesMax = 16 * mebibyte

    /// Bytes that are read of a server's answer without success: its words, a list of models or a
    /// stack trace fit, and the rest says nothing that anybody would read.
    package var errorBodyBytesMax = 64 * kibibyte

    /// How long a client may take nothing of what waits for it. A stopped terminal is a matter of
    /// seconds; memory held for the dead is not.
    package var writeStall: Seconds = 10

    package init() {}

    /// Reading from a client pauses while more bytes than this wait for it: 1 MiB is some 8,000
    /// deltas, more than a terminal falls behind; half the maximum where that is smaller.
    package var outputPauseBytes: Int { min(Limits.mebibyte, outputBytesMax / 2) }

    /// Descriptors that are kept from clients: standard streams, loop, signals, lock, lookups and
    /// the connection that is accepted only to be refused (32 cover them three times over), and for
    /// each backend those of its running requests and of a look (64: sixteen times what one model
    /// runs side by side). The search for servers asks 16 at once, and four that it finds are as
    /// many as a machine has memory for.
    package static func descriptorsReserved(backends: Int, searches: Bool) -> Int {
        32 + backends * 64 + (searches ? 16 + 4 * 64 : 0)
    }

    /// Bytes of a socket's path: Linux's `sun_path` has 108, one of them a final zero.
    package static let socketPathBytesMax = 107

    /// Bytes of the configuration: a thousand backends take 300 KiB.
    package static let configurationBytesMax = mebibyte

    /// Levels of tables and arrays in the configuration, the file itself being the first: reading
    /// and releasing them recurse. Measured, a level takes 2 KiB of stack in a release build and
    /// 6 KiB in a debug one: 128 × 6 KiB = 768 KiB of Linux's 8 MiB. The known keys need 4.
    package static let configurationDepthMax = 128

    /// Bytes of a backend's name: it is a column in tables and a label of every metric.
    package static let nameBytesMax = 64

    private static let kibibyte = 1024
    private static let mebibyte = 1024 * kibibyte
}

extension Limits {
    /// A limit that counts, as `[limits]` knows it.
    package struct Key: Sendable {
        package let name: String
        package let unit: String
        /// What `[limits]` may set it to.
        package let range: ClosedRange<Int>
        package let path: any WritableKeyPath<Limits, Int> & Sendable
    }

    /// The limits that count, in the order of the documentation. The upper ends keep a slip of the
    /// keyboard from becoming an allocation: 1 GiB of line, 1024 levels (512 KiB of stack).
    package static let keys: [Key] = [
        Key(
            name: "line_bytes_max", unit: "bytes", range: kibibyte...1024 * mebibyte,
            path: \.lineBytesMax),
        Key(name: "depth_max", unit: "levels", range: 1...1024, path: \.depthMax),
        Key(name: "batch_max", unit: "requests", range: 1...10_000, path: \.batchMax),
        Key(name: "id_bytes_max", unit: "bytes", range: 64...mebibyte, path: \.idBytesMax),
        Key(name: "name_bytes_max", unit: "bytes", range: 64...mebibyte, path: \.nameBytesMax),
        Key(
            name: "connections_max", unit: "connections", range: 1...100_000,
            path: \.connectionsMax),
        Key(
            name: "connections_per_uid_max", unit: "connections", range: 1...100_000,
            path: \.connectionsPerUIDMax),
        Key(
            name: "in_flight_per_connection_max", unit: "requests", range: 1...10_000,
            path: \.inFlightPerConnectionMax),
        Key(name: "queue_max", unit: "requests", range: 1...100_000, path: \.queueMax),
        // 64 GiB: more than a daemon that passes text on can make use of.
        Key(
            name: "memory_max", unit: "bytes", range: mebibyte...65_536 * mebibyte,
            path: \.memoryMax),
        Key(
            name: "output_bytes_max", unit: "bytes", range: kibibyte...1024 * mebibyte,
            path: \.outputBytesMax),
        // What is read of a list stands several times in memory until it is known.
        Key(
            name: "list_bytes_max", unit: "bytes", range: 64 * kibibyte...64 * mebibyte,
            path: \.listBytesMax),
        // More is never looked at for the words of an error.
        Key(
            name: "error_body_bytes_max", unit: "bytes", range: kibibyte...64 * kibibyte,
            path: \.errorBodyBytesMax),
    ]

    /// Every limit by the name that errors use, in the units of config.toml.
    package var values: [(name: String, value: Double)] {
        Limits.keys.map { ($0.name, Double(self[keyPath: $0.path])) }
            + [("write_stall", writeStall.value)]
    }

    /// What `[limits] write_stall` may be, in seconds.
    package static let writeStallRange: ClosedRange<Double> = 0.1...3600
}
