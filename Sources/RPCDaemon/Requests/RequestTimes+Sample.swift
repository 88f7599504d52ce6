package import Metrics

extension RequestTimes {
    /// Writes into a sample what follows from the moments that came.
    package func fill(_ sample: inout RequestSample) {
        sample[.parse] = Self.seconds(readAt, arrivedAt)
        sample[.queue] = Self.seconds(arrivedAt, startedAt)
        sample[.connect] = Self.seconds(startedAt, sentAt)
        sample[.backend] = Self.seconds(sentAt, heardAt)
        sample[.relay] = Self.seconds(heardAt, endedAt)
        sample[.latency] = Self.seconds(arrivedAt, endedAt)
        sample[.queueTime] = Self.seconds(arrivedAt, sentAt)
        sample[.predictionError] = Self.seconds(
            min(startedAt, predictedStartAt), max(startedAt, predictedStartAt))
        sample[.overhead] = overhead
    }

    /// Seconds of ours in it; nil for one that was never sent, of which no part is ours alone.
    package var overhead: Double? {
        guard let parse = Self.seconds(readAt, arrivedAt),
            let connect = Self.seconds(startedAt, sentAt)
        else { return nil }
        return parse + connect + (Self.seconds(heardAt, endedAt) ?? 0)
    }

    /// Writes what the histograms for others want to know; a stream alone has a first token.
    package func fill(_ sample: inout OperationSample, isStream: Bool) {
        sample.requestDuration = Self.seconds(readAt, endedAt)
        sample.operationDuration = Self.seconds(sentAt, heardAt)
        guard isStream else { return }
        sample.timeToFirstToken = Self.seconds(readAt, firstDeltaAt)
        sample.timeToFirstChunk = Self.seconds(sentAt, firstDeltaAt)
    }

    private static func seconds(_ start: UInt64, _ end: UInt64) -> Double? {
        guard start > 0, end > 0 else { return nil }
        return seconds(from: start, to: end)
    }
}
