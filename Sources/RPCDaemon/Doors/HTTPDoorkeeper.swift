package import CrowdModelsProtocol
import HTTP
package import Kernel
package import Sessions

/// Opens a door for each connection on which HTTP is spoken, all behind one gate.
package final class HTTPDoorkeeper: Doorkeeper {
    private let gate: Gate

    package init(_ gate: Gate) {
        self.gate = gate
    }

    package func serve(
        _ descriptor: consuming FileDescriptor, _ bytes: Span<UInt8>, hasEnded: Bool, peer: Peer,
        at reception: Reception
    ) throws(Errno) -> any Guest {
        try HTTPDoor(
            descriptor, bytes, hasEnded: hasEnded, peer: peer, at: reception, gate: gate)
    }

    package func refuse(_ fault: Fault, to out: inout ByteBuffer) {
        var body = ByteBuffer()
        OpenAIError.write(fault, status: fault.status, to: &body)
        var writer = HTTPResponseWriter(to: nil)
        writer.whole(
            fault.status, fields: fault.fields(status: fault.status), body: body.span, to: &out)
    }
}
