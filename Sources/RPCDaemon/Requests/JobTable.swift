import Scheduling

/// Every request that is known, by its key.
///
/// Looked at three times a request: keys count up, so that no hash is needed to find them.
struct JobTable {
    private var places = KeyTable()
    private var jobs: [RequestJob?] = []
    private var free: [Int] = []

    var isEmpty: Bool { places.count == 0 }

    /// Oldest first.
    var byAge: [RequestJob] { jobs.compactMap(\.self).sorted { $0.key < $1.key } }

    subscript(key: UInt64) -> RequestJob? { places[key].flatMap { jobs[$0] } }

    /// Adds a request that is not there.
    mutating func insert(_ job: RequestJob) {
        let place: Int
        if let last = free.popLast() {
            jobs[last] = job
            place = last
        } else {
            place = jobs.count
            jobs.append(job)
        }
        places.insert(job.key, place)
    }

    /// Takes a request out, if it is there; what a rush left is given back when all have gone.
    mutating func remove(_ key: UInt64) {
        guard let place = places[key] else { return }
        places.remove(key)
        jobs[place] = nil
        free.append(place)
        if isEmpty, jobs.count > Self.keptMax { self = JobTable() }
    }

    /// Places that are kept while there is no request: more than run at once on any machine.
    private static let keptMax = 1024
}
