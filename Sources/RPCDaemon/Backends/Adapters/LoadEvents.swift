import CrowdModelsProtocol
import HTTP

/// What llama.cpp's router tells of its loads, in a stream of events: bytes go in, how far the load
/// of one model is comes out.
package struct LoadEvents: ~Copyable {
    private let model: String
    private var parser = EventStreamParser()

    package init(of model: String) { self.model = model }

    /// Reads the next piece; what is no such event is passed by.
    package mutating func feed(_ bytes: Span<UInt8>, _ heard: (Double) -> Void) {
        let model = model
        _ = try? parser.feed(bytes) { event in
            if let progress = Self.progress(of: model, in: event.data) { heard(progress) }
            return true
        }
    }

    /// How much is loaded, 0 to 1: a load has stages, each with a value of its own.
    private static func progress(of model: String, in data: Span<UInt8>) -> Double? {
        JSONPlace.read(data) { event, text -> Double? in
            guard event.member("model", text)?.name(text) == model,
                let told = event.member("data", text)?.member("progress", text),
                let value = told.member("value", text),
                let part = JSONText.double(text.extracting(value.range.bounds)),
                (0...1).contains(part)
            else { return nil }
            let stages = told.member("stages", text)?.names(text) ?? []
            let current = told.member("current", text)?.name(text)
            guard let current, let place = stages.firstIndex(of: current) else { return part }
            return (Double(place) + part) / Double(stages.count)
        }
    }
}
