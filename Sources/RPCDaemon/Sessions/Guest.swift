package import CrowdModelsProtocol
package import Kernel

/// A connection that the reception keeps, whatever is spoken on it.
package protocol Guest: AnyObject {
    var peer: Peer { get }
    /// Whether all that was read is handled, and all answers are written.
    var isDone: Bool { get }
    /// The bytes that it keeps for what its client has not read.
    var outputBytes: Int { get }
    /// The bytes that came of a request of which nothing is handled yet.
    var inputBytes: Int { get }
    /// Reads what its client has sent.
    func read()
    /// Writes what waits for its client, as far as that takes it.
    func flush()
    /// Answers with `fault` the request whose bytes are `inputBytes`, and forgets these.
    func skipInput(_ fault: Fault)
    /// Closes it and abandons all that it asked for.
    func close()
}

/// Takes over connections on which HTTP is spoken. The reception keeps it.
package protocol Doorkeeper: AnyObject {
    /// Serves a connection of which `bytes` were read, and its end where it `hasEnded`. Nothing is
    /// done with them before this has returned.
    func serve(
        _ descriptor: consuming FileDescriptor, _ bytes: Span<UInt8>, hasEnded: Bool, peer: Peer,
        at reception: Reception
    ) throws(Errno) -> any Guest

    /// Appends what one is told who is not served.
    func refuse(_ fault: Fault, to out: inout ByteBuffer)
}
