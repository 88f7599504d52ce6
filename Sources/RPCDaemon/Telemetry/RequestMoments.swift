package import Metrics

/// The moments of one request's life as they came, in monotonic nanoseconds; nil for one that did
/// not come.
package struct RequestMoments: Sendable {
    /// The read that brought it.
    package var read: UInt64
    /// It was understood, and handed to its backend's queue.
    package var admitted: UInt64
    /// Its turn came, for the attempt that answered.
    package var started: UInt64?
    /// When that was predicted for at its admission.
    package var predictedStart: UInt64?
    package var sent: UInt64?
    /// The last read of the backend's answer, or the moment at which it failed or was cancelled.
    package var heard: UInt64?
    package var answered: UInt64?

    package init(read: UInt64, admitted: UInt64) {
        self.read = read
        self.admitted = admitted
    }

    /// Writes into a sample what follows from them.
    package func fill(_ sample: inout RequestSample) {
        sample.parts.parse = Self.seconds(read, admitted)
        sample.parts.queue = Self.seconds(admitted, started)
        sample.parts.connect = Self.seconds(started, sent)
        sample.parts.backend = Self.seconds(sent, heard)
        sample.parts.relay = Self.seconds(heard, answered)
        sample.latency = Self.seconds(admitted, answered)
        sample.queueTime = Self.seconds(admitted, sent)
        if let started, let predictedStart {
            let (early, late) = (min(started, predictedStart), max(started, predictedStart))
            sample.predictionError = Self.seconds(early, late)
        }
        // Of one that was never sent no part is ours alone.
        if let parse = sample.parts.parse, let connect = sample.parts.connect {
            sample.overhead = parse + connect + (sample.parts.relay ?? 0)
        }
    }

    private static func seconds(_ start: UInt64?, _ end: UInt64?) -> Double? {
        guard let start, let end else { return nil }
        return end > start ? Double(end - start) / 1e9 : 0
    }
}
