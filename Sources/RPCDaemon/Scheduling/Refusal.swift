/// Why a request is not sent to any backend. Times are nanoseconds from now.
package enum Refusal: Equatable, Sendable {
    /// There is no backend at all.
    case noBackend
    /// There is no backend of that name.
    case unknownBackend(String)
    /// No backend has that model.
    case unknownModel(String)
    /// No model was named, and none of these stands out; empty where there is none.
    case noChoice([String])
    /// The backend is down, or was not looked at yet; with the breaker open, until then.
    case unavailable(backend: String, retryAfter: UInt64?)
    /// The backend refuses our key.
    case authFailed(backend: String)
    /// The model cannot do that.
    case unsupported(backend: String, model: String, Abilities)
    /// The model's context is smaller than what the request takes for certain.
    case contextTooLong(backend: String, model: String, contextLength: Int)
    /// The rate limit would hold it back past its time.
    case rateLimited(backend: String, retryAfter: UInt64)
    /// As many wait as may wait.
    case busy(backend: String, queued: Int, limit: Int, retryAfter: UInt64)
    /// It would end after its deadline.
    case deadlineUnreachable(backend: String, predicted: UInt64, retryAfter: UInt64)
    /// Its time was over before its turn came.
    case timedOut(backend: String)
    /// The daemon stops.
    case stopping
}
