import Scheduling

/// What is known by a key of its own.
protocol Keyed: AnyObject {
    var key: UInt64 { get }
}

/// Every request that is known, by its key.
///
/// Looked at three times a request: keys count up, so that no hash is needed to find them.
struct JobTable<Job: Keyed> {
    private var places = KeyTable()
    private var jobs: [Job?] = []
    private var free: [Int] = []

    var isEmpty: Bool { places.count == 0 }

    /// Places for requests that are there, or may come again.
    var kept: Int { jobs.count }

    /// Oldest first.
    var byAge: [Job] { jobs.compactMap(\.self).sorted { $0.key < $1.key } }

    /// Mutating, though it changes nothing: all of the table would be retained to look into it.
    subscript(key: UInt64) -> Job? {
        mutating get { places[key].flatMap { jobs[$0] } }
    }

    /// Adds a request that is not there.
    mutating func insert(_ job: Job) {
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
    static var keptMax: Int { 1024 }
}
