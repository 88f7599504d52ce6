import Backends
package import CrowdModelsProtocol

extension RequestJob {
    /// The key as `requests.list` shows it.
    package var keyText: String { "r\(key)" }

    /// Appends the Request object of the protocol. `now` is on the loop's clock.
    package func write(now: UInt64, to out: inout ByteBuffer) {
        out.append("{\"key\":")
        out.append(string: keyText)
        out.append(",\"client\":")
        out.append(string: clientText)
        out.append(",\"method\":\"")
        out.append(utf8: method)
        out.append("\"")
        if let model {
            out.append(",\"model\":")
            out.append(string: model)
        }
        if let backend {
            out.append(",\"backend\":")
            out.append(string: backend.name)
        }
        out.append(",\"phase\":\"")
        out.append(utf8: phase.rawValue)
        out.append("\"")
        if let position {
            out.append(",\"position\":")
            out.append(decimal: position)
        }
        out.append(",\"age_seconds\":")
        let age = now > times.arrivedAt ? now - times.arrivedAt : 0
        out.append(number: Double(age / 1_000_000) / 1000)
        if let tokens = tokensSoFar, tokens > 0 {
            out.append(",\"tokens\":")
            out.append(decimal: tokens)
            if tokens > 1, let span = times.generationTime, span > 0 {
                out.append(",\"tokens_per_second\":")
                out.append(number: Double(tokens - 1) / span)
            }
        }
        out.append("}")
    }
}
