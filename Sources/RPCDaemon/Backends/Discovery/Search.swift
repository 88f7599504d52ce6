package import Configuration
import CrowdModelsProtocol
package import Kernel

/// The search for model servers that nobody configured: who is to be asked what now, who was found,
/// and who is gone.
///
/// What was seen and heard goes in, with the time; what is to be done comes out of `next`. A place
/// is named by its number, which it keeps.
package struct Search: Sendable {
    package enum Action: Equatable, Sendable {
        /// Ask `GET` of this path there; the answer goes to `answered`, or none to `failed`.
        case ask(place: Int, path: String)
        /// Nobody waits for the answer any more.
        case drop(place: Int)
        case add(FoundServer)
        case remove(String)
        /// Who listens there is no model server, or is one of our own kind.
        case leave(place: Int, isExecutor: Bool)
    }

    /// What a look at the machine showed.
    package struct Sight: Sendable {
        /// Who listens on `ports`; nil where the kernel does not tell.
        package var listeners: [ListeningSocket]?
        /// The files of the Unix sockets, in their order; nil for one that is not there.
        package var sockets: [UInt64?]
        /// The port that LM Studio's own settings name.
        package var lmStudioPort: UInt16?

        package init(
            listeners: [ListeningSocket]?, sockets: [UInt64?] = [], lmStudioPort: UInt16? = nil
        ) {
            self.listeners = listeners
            self.sockets = sockets
            self.lmStudioPort = lmStudioPort
        }
    }

    /// Why there was no answer.
    package enum Silence: Sendable {
        /// No connection.
        case refused
        /// No connection, for want of something of our own.
        case lacking
        /// A connection, and no answer that is HTTP, or none in time.
        case broken
    }

    /// How long who is no model server is left alone, in nanoseconds.
    package static let rest: UInt64 = 60_000_000_000
    /// How long between two tries of a port of another machine where nobody listens: 14 packets a
    /// machine in this time.
    package static let remoteRest: UInt64 = 10_000_000_000
    /// Places that are asked at once: more than the ports that are known, and few descriptors.
    package static let asksMax = 16

    private(set) var places: [SearchPlace] = []
    /// The Unix sockets among them, and which of the settings each is.
    private var socketOf: [Int: Int] = [:]
    private let hosts: [String]
    private let configured: [Endpoint]
    private let machine: String
    private var names: DiscoveredNames
    /// All ports of this machine that are of interest.
    package private(set) var ports: Set<UInt16> = []
    private var actions: [Action] = []
    /// Servers that were found and have no name yet, by their place: of those that are asked at the
    /// same time the first place is named first, so that a start gives each the name of the last.
    private var nameless: [Int: Nameless] = [:]

    private struct Nameless {
        let kind: ServerKind
        /// The path of its API below the place.
        let base: String
        /// When it is named, whoever is still asked.
        let until: UInt64
    }

    /// How long a server waits for its name while a place before it is asked, in nanoseconds: a
    /// server that is idle answers in a tenth of it.
    package static let namingMax: UInt64 = 200_000_000

    /// - Parameters:
    ///   - machine: this machine's own name, which an endpoint may spell.
    package init(_ settings: Config.Discovery, configured: [BackendConfig], machine: String = "") {
        var hosts: [String] = []
        for host in settings.hosts.flatMap({ $0 == "localhost" ? ["127.0.0.1", "::1"] : [$0] })
        where !hosts.contains(host) {
            hosts.append(host)
        }
        self.hosts = hosts
        self.configured = configured.map(\.endpoint)
        self.machine = machine.lowercased()
        names = DiscoveredNames(taken: configured.map(\.name))
        for port in KnownPorts.all { add(port, isNamed: settings.ports.contains(Int(port))) }
        for port in settings.ports { add(UInt16(clamping: port), isNamed: true) }
        for (number, path) in settings.sockets.enumerated() {
            add("unix:\(path)", nil, isNamed: true)
            if let last = places.last, last.endpoint.socketPath == path {
                socketOf[places.count - 1] = number
            }
        }
    }

    private mutating func add(_ port: UInt16, isNamed: Bool) {
        for host in hosts {
            let written = host.contains(":") ? "[\(host)]" : host
            let address = SocketAddress(numeric: host, port: port)
            let isLoopback = address?.isLoopback == true
            add(
                "http://\(written):\(port)", isLoopback ? address : nil,
                isNamed: isNamed || !isLoopback)
            if isLoopback { ports.insert(port) }
        }
    }

    private mutating func add(_ text: String, _ address: SocketAddress?, isNamed: Bool) {
        guard let endpoint = try? Endpoint(text) else { return }
        if places.contains(where: { $0.endpoint == endpoint }) { return }
        var place = SearchPlace(endpoint: endpoint, address: address, isNamed: isNamed)
        place.isConfigured = configured.contains { covers($0, endpoint) }
        places.append(place)
    }

    /// Whether the configured endpoint is that place, in whichever spelling and below any path.
    private func covers(_ configured: Endpoint, _ place: Endpoint) -> Bool {
        if configured.scheme == .unix || place.scheme == .unix {
            return configured.scheme == place.scheme && configured.socketPath == place.socketPath
        }
        guard configured.port == place.port else { return false }
        let isHere =
            configured.isLocal
            || !machine.isEmpty
                && [machine, machine + ".", machine + ".local"].contains(configured.host)
        return configured.host == place.host || isHere && place.isLocal
    }

    /// Where servers are searched for, as endpoints.
    package var probed: [String] { places.map(\.endpoint.original) }

    /// When `named` is to be called, if nothing else comes before; nil where nobody waits for it.
    package var namingAt: UInt64? { nameless.values.map(\.until).min() }

    /// Whether nobody is being asked.
    package var isSettled: Bool { !places.contains(where: \.isAsking) }

    package func endpoint(of place: Int) -> Endpoint { places[place].endpoint }

    /// What is to be done next; nil when that is all.
    package mutating func next() -> Action? {
        actions.isEmpty ? nil : actions.removeFirst()
    }

    // MARK: Looking

    /// Takes a look at who listens, and asks whoever is new.
    package mutating func looked(_ sight: Sight, now: UInt64) {
        if let port = sight.lmStudioPort, !ports.contains(port) { add(port, isNamed: true) }
        for index in places.indices where !places[index].isConfigured {
            if case .tried = places[index].standing { places[index].standing = .vacant }
            see(listener(at: index, sight), at: index)
        }
        askAll(now: now)
        nameAll(now: now)
    }

    /// Asks whoever is new and was not asked since the last look.
    private mutating func askAll(now: UInt64) {
        var asks = places.count(where: \.isAsking)
        for index in places.indices where asks < Self.asksMax && isToBeAsked(index, now: now) {
            var fingerprint = Fingerprint(
                port: UInt16(clamping: places[index].endpoint.port), isNamed: places[index].isNamed)
            let step = fingerprint.begin()
            places[index].standing = .asking(fingerprint)
            follow(step, at: index, now: now)
            asks += 1
        }
    }

    private func listener(at index: Int, _ sight: Sight) -> UInt64? {
        if let socket = socketOf[index] {
            return sight.sockets.indices.contains(socket) ? sight.sockets[socket] : nil
        }
        guard let address = places[index].address, let listeners = sight.listeners else {
            return 0
        }
        // One that is bound to the very address goes before one that is bound to any.
        var any: UInt64?
        for listener in listeners where listener.accepts(address) {
            if listener.address != 0 { return listener.inode }
            any = any ?? listener.inode
        }
        return any
    }

    /// Another listener, or none, is another program.
    private mutating func see(_ listener: UInt64?, at index: Int) {
        guard listener != places[index].listener else { return }
        places[index].listener = listener
        places[index].isDeaf = false
        leave(index)
    }

    private mutating func leave(_ index: Int) {
        switch places[index].standing {
        case .asking:
            nameless[index] = nil
            actions.append(.drop(place: index))
        case .backend(let name, _): actions.append(.remove(name))
        case .vacant, .tried, .nothing, .executor, .twin: break
        }
        places[index].standing = .vacant
        for other in places.indices {
            if case .twin(of: index) = places[other].standing { places[other].standing = .vacant }
        }
    }

    private func isToBeAsked(_ index: Int, now: UInt64) -> Bool {
        guard let listener = places[index].listener, !places[index].isConfigured else {
            return false
        }
        switch places[index].standing {
        case .vacant: break
        case .nothing(let until): if now < until { return false }
        case .asking, .tried, .executor, .twin, .backend: return false
        }
        // A listener that is bound to any address is asked at the first that it answers at.
        guard listener != 0 else { return true }
        return !places.indices.contains { other in
            other < index && places[other].listener == listener && !places[other].isDeaf
                && places[other].endpoint.port == places[index].endpoint.port
        }
    }

    // MARK: Answers

    /// The answer to what was asked. `isExecutor`: whether it says that it is one of our own kind.
    package mutating func answered(
        _ index: Int, status: Int, isExecutor: Bool, _ body: Span<UInt8>, now: UInt64
    ) {
        answered(index, status: status, isExecutor: isExecutor, body, asList: nil, now: now)
    }

    /// The same of a long answer, which was read as a list beforehand; `body` is its front.
    mutating func answered(
        _ index: Int, status: Int, isExecutor: Bool, _ body: Span<UInt8>, asList list: OpenAIList??,
        now: UInt64
    ) {
        guard case .asking(var fingerprint) = places[index].standing else { return }
        if isExecutor {
            places[index].standing = .executor
            actions.append(.leave(place: index, isExecutor: true))
            askAll(now: now)
            return nameAll(now: now)
        }
        let step = fingerprint.take(status: status, body, asList: list)
        places[index].standing = .asking(fingerprint)
        follow(step, at: index, now: now)
        if !places[index].isAsking { askAll(now: now) }
        nameAll(now: now)
    }

    /// Nobody answered what was asked.
    package mutating func failed(_ index: Int, _ silence: Silence, now: UInt64) {
        guard places[index].isAsking else { return }
        switch silence {
        case .refused where places[index].isRemote:
            places[index].standing = .nothing(until: now &+ Self.remoteRest)
        case .refused where places[index].listener == 0 || places[index].address == nil:
            // Only asking tells: a file of a server that is gone, or a kernel that does not say.
            places[index].standing = .tried
        case .lacking: places[index].standing = .tried
        case .refused:
            places[index].isDeaf = true
            places[index].standing = .nothing(until: now &+ Self.rest)
        case .broken:
            places[index].standing = .nothing(until: now &+ Self.rest)
            actions.append(.leave(place: index, isExecutor: false))
        }
        // Others wait, or it listens at the other loopback address.
        askAll(now: now)
        nameAll(now: now)
    }

    /// The time of `namingAt` has come.
    package mutating func named(now: UInt64) { nameAll(now: now) }

    /// The backend of that name does not answer its connections any more. Where the kernel tells
    /// who listens, a look will say so.
    package mutating func unreachable(_ name: String) {
        let index = places.firstIndex { place in
            if case .backend(name, _) = place.standing { true } else { false }
        }
        guard let index, places[index].listener == 0 || places[index].address == nil else {
            return
        }
        leave(index)
    }

    private mutating func follow(_ step: Fingerprint.Step, at index: Int, now: UInt64) {
        switch step {
        case .ask(let path): actions.append(.ask(place: index, path: path))
        case .starting: places[index].standing = .tried
        case .nothing:
            places[index].standing = .nothing(until: now &+ Self.rest)
            actions.append(.leave(place: index, isExecutor: false))
        case .found(let kind, let base):
            nameless[index] = Nameless(kind: kind, base: base, until: now &+ Self.namingMax)
        }
    }

    /// Names who was found, in the order of the places, as far as none before is being asked.
    private mutating func nameAll(now: UInt64) {
        if nameless.isEmpty { return }
        let firstAsked =
            places.indices.first { places[$0].isAsking && nameless[$0] == nil } ?? places.endIndex
        for index in nameless.keys.sorted() {
            guard let found = nameless[index], index < firstAsked || found.until <= now else {
                continue
            }
            nameless[index] = nil
            add(found, at: index)
        }
    }

    private mutating func add(_ found: Nameless, at index: Int) {
        let (kind, base) = (found.kind, found.base)
        let place = places[index].endpoint
        if let twin = places.indices.first(where: { isTwin($0, of: index, kind) }) {
            places[index].standing = .twin(of: twin)
            return
        }
        let separator = place.scheme == .unix && !base.isEmpty ? ":" : ""
        guard let endpoint = try? Endpoint(place.original + separator + base) else {
            preconditionFailure("a place with a path is an endpoint")
        }
        let name = names.name(of: kind, at: place)
        places[index].standing = .backend(name, kind)
        actions.append(.add(FoundServer(name: name, kind: kind, endpoint: endpoint)))
    }

    /// A program of one kind that has the same port of both loopback addresses is one server.
    private func isTwin(_ other: Int, of index: Int, _ kind: ServerKind) -> Bool {
        guard other != index, places[other].endpoint.port == places[index].endpoint.port,
            places[other].address != nil, places[index].address != nil,
            case .backend(_, kind) = places[other].standing
        else { return false }
        return true
    }
}
