/// What a queue needs to know of one request. All times are monotonic nanoseconds.
package struct QueueTicket: Sendable {
    /// The caller's name for the request, unique among all that are queued or in flight.
    package let key: UInt64
    /// The model's id as discovery spells it, aliases already resolved.
    package let model: String
    package let priority: Priority
    /// When the request gives up: its arrival and its timeout.
    package let expiresAt: UInt64
    /// When the answer must be complete to be of use; nil where any time will do.
    package let deadline: UInt64?

    package init(
        key: UInt64, model: String, priority: Priority = .interactive, expiresAt: UInt64,
        deadline: UInt64? = nil
    ) {
        self.key = key
        self.model = model
        self.priority = priority
        self.expiresAt = expiresAt
        self.deadline = deadline
    }
}

/// What becomes of a request that has arrived.
package enum Admission: Equatable, Sendable {
    /// It is in flight already: send it. `next` will not name it again.
    case started
    /// It waits at this place, the first being 1; `next` names it when its turn has come.
    case queued(position: Int)
    /// It is not in the queue and never will be.
    case refused(QueueRefusal)
}

/// Why a request was not taken; times are nanoseconds from now.
package enum QueueRefusal: Equatable, Sendable {
    /// As many wait as may wait.
    case busy(queued: Int, limit: Int, retryAfter: UInt64)
    /// The rate limit would hold it back past its expiry or deadline.
    case rateLimited(retryAfter: UInt64)
    /// It would start in time but is `predicted` to end too late.
    case deadlineUnreachable(predicted: UInt64, retryAfter: UInt64)
}
