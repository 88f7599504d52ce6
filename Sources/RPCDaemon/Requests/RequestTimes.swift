/// When what happened to one request, in monotonic nanoseconds; 0 for what did not happen.
package struct RequestTimes: Equatable, Sendable {
    /// The read that brought it.
    package var readAt: UInt64 = 0
    /// It was understood, and is to be decided on.
    package let arrivedAt: UInt64
    /// When it was predicted to begin, as it came to wait.
    package var predictedStartAt: UInt64 = 0
    /// Its last try began.
    package var startedAt: UInt64 = 0
    /// Its last try was written to the server's connection.
    package var sentAt: UInt64 = 0
    /// The first content, reasoning or tool call of the answer came.
    package var firstDeltaAt: UInt64 = 0
    /// The last one so far.
    package var lastDeltaAt: UInt64 = 0
    /// The read that ended the backend's answer, or its caller's wish for it.
    package var heardAt: UInt64 = 0
    /// It was answered.
    package var endedAt: UInt64 = 0

    package init(arrivedAt: UInt64) {
        self.arrivedAt = arrivedAt
    }

    /// From its arrival until it was sent, or until its end where it never was.
    package var queueNanoseconds: UInt64 {
        let left = sentAt > 0 ? sentAt : endedAt
        return left > arrivedAt ? left - arrivedAt : 0
    }

    /// From its arrival to its end.
    package var totalNanoseconds: UInt64 { endedAt > arrivedAt ? endedAt - arrivedAt : 0 }

    /// Seconds from its sending to the first delta; nil where none came.
    package var timeToFirstToken: Double? {
        firstDeltaAt > 0 && sentAt > 0 ? Self.seconds(from: sentAt, to: firstDeltaAt) : nil
    }

    /// Seconds from the first delta to the last; nil where none came.
    package var generationTime: Double? {
        firstDeltaAt > 0 ? Self.seconds(from: firstDeltaAt, to: lastDeltaAt) : nil
    }

    package static func seconds(from start: UInt64, to end: UInt64) -> Double {
        end > start ? Double(end - start) / 1e9 : 0
    }
}
