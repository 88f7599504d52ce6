import Backends
import Configuration
package import CrowdModelsProtocol
import Kernel
import Scheduling

extension Backend {
    /// Appends the Backend object of the protocol.
    package func write(to out: inout ByteBuffer) {
        let view = dispatcher.view(of: self)
        out.append("{\"name\":")
        out.append(string: name)
        out.append(",\"kind\":")
        out.append(string: server.kind.rawValue)
        out.append(",\"endpoint\":")
        out.append(string: config.endpoint.original)
        out.append(",\"state\":\"")
        out.append(utf8: server.state.rawValue)
        out.append("\",\"origin\":\"")
        out.append(utf8: origin.rawValue)
        out.append("\",\"models\":")
        out.append(decimal: offered.count)
        out.append(",\"in_flight\":")
        out.append(decimal: view?.inFlight ?? 0)
        out.append(",\"queued\":")
        out.append(decimal: view?.queued ?? 0)
        if let limit = config.rateLimit {
            out.append(",\"rate_limit\":")
            out.append(decimal: limit)
        }
        out.append(",\"breaker\":\"")
        switch view?.breaker ?? .closed {
        case .closed: out.append("closed")
        case .open: out.append("open")
        case .halfOpen: out.append("half_open")
        }
        out.append("\"")
        if let error = server.lastError {
            out.append(",\"last_error\":")
            out.append(string: error)
        }
        if let seen = server.lastSeen {
            let now = dispatcher.loop.now
            out.append(",\"last_seen_seconds\":")
            out.append(number: Double((now &- min(seen, now)) / 1_000_000) / 1000)
        }
        out.append("}")
    }
}
