package import CrowdModelsProtocol
import HTTP
package import Kernel
package import Sessions

/// Opens a door for each connection on which HTTP is spoken, all behind one gate.
package final class HTTPDoorkeeper: Doorkeeper {
    /// Nanoseconds that an event stream may be silent: half of what the shortest-tempered proxies
    /// allow.
    package static let silenceMax: UInt64 = 15_000_000_000

    private let gate: Gate
    private let silenceMax: UInt64

    package init(_ gate: Gate, silenceMax: UInt64 = HTTPDoorkeeper.silenceMax) {
        self.gate = gate
        self.silenceMax = silenceMax
    }

    package func serve(
        _ descriptor: consuming FileDescriptor, _ bytes: Span<UInt8>, hasEnded: Bool, peer: Peer,
        at reception: Reception
    ) throws(Errno) -> any Guest {
        try HTTPDoor(
            descriptor, bytes, hasEnded: hasEnded, peer: peer, at: reception, gate: gate,
            silenceMax: silenceMax)
    }

    package func refuse(_ fault: Fault, to out: inout ByteBuffer) {
        var body = ByteBuffer()
        OpenAIError.write(fault, status: fault.status, to: &body)
        var writer = HTTPResponseWriter()
        writer.whole(fault.status, body: body.span, to: &out) { head in
            head.append(fields: fault.fields(status: fault.status))
        }
    }
}
