import CrowdModelsProtocol

/// `GET /metrics`: the page that Prometheus reads.
struct MetricsPage: OpenAITongue {
    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        params.append(#"{"format":"prometheus"}"#)
        return Question(.stats, contentType: "text/plain; version=0.0.4; charset=utf-8")
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        JSONText.appendUnescaped(ObjectView(result).inside("text"), to: &out)
    }
}

/// `GET /health`: whether somebody is there.
struct HealthAnswer: OpenAITongue {
    mutating func question(
        _ request: DoorRequest, _ params: inout ByteBuffer
    ) throws(Fault) -> Question? {
        params.append("{}")
        return Question(.ping)
    }

    mutating func succeed(_ result: Span<UInt8>, to out: inout ByteBuffer) {
        out.append(#"{"status":"ok"}"#)
    }
}
