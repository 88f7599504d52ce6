package import CrowdModelsProtocol
package import Scheduling

extension Explanation {
    /// Appends the RouteExplanation object of the protocol.
    package func write(to out: inout ByteBuffer) {
        out.append("{\"candidates\":[")
        for (index, candidate) in candidates.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            candidate.json.write(to: &out)
        }
        out.append("]}")
    }
}

extension ExplainedCandidate {
    fileprivate var json: JSONValue {
        var score = JSONObject()
        for part in self.score { score[part.name] = .double(part.value) }
        return [
            "backend": .string(backend), "model": .string(model),
            "forbidden": .array(
                forbidden.map { ["by": .string($0.by), "message": .string($0.message)] }),
            "score": .object(score),
            "predicted_wait_ms": .integer(RefusalWords.milliseconds(predictedWait)),
        ]
    }
}
