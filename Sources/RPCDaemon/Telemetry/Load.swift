/// What the daemon is doing at the moment that `stats` is asked.
package struct Load: Sendable {
    package var uptimeSeconds: Double
    /// In the order in which backends are tried.
    package var backends: [Backend]

    package init(uptimeSeconds: Double, backends: [Backend]) {
        self.uptimeSeconds = uptimeSeconds
        self.backends = backends
    }

    /// One backend's share of it.
    package struct Backend: Sendable {
        package let name: String
        package let inFlight: Int
        package let queued: Int
        package let isUp: Bool

        package init(name: String, inFlight: Int, queued: Int, isUp: Bool) {
            self.name = name
            self.inFlight = inFlight
            self.queued = queued
            self.isUp = isUp
        }
    }

    var inFlight: Int { backends.reduce(0) { $0 + $1.inFlight } }
    var queued: Int { backends.reduce(0) { $0 + $1.queued } }
}
