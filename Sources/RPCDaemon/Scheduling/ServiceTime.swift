/// A moving average of how long a backend takes for one request, in nanoseconds.
///
/// Each new time weighs one eighth: a change shows after a few requests, one outlier hardly.
struct ServiceTime {
    private var average: UInt64 = 0
    private var lastFinished: UInt64?

    mutating func finished(after duration: UInt64, now: UInt64) {
        average = lastFinished == nil ? duration : average - average / 8 + duration / 8
        lastFinished = now
    }

    /// The average; nil while nothing has finished, or where the backend has been idle for so long
    /// that what it once took says nothing any more.
    func estimate(isIdle: Bool, now: UInt64) -> UInt64? {
        guard let lastFinished else { return nil }
        if isIdle, now >= lastFinished + SchedulingLimits.serviceTimeMemory { return nil }
        return average
    }
}
