package import Configuration
import CrowdModelsProtocol
import HTTP
package import Kernel

/// Who hears which model servers come and go. Never told within a call of theirs but `begin`.
package protocol DiscoveryDelegate: AnyObject {
    func found(_ server: FoundServer)
    /// The server of that name is gone.
    func vanished(_ name: String)
    /// Who listens at that endpoint is left alone, and why.
    func left(_ endpoint: String, isExecutor: Bool)
}

/// Searches for model servers: looks once every interval who listens, and asks whoever is new.
/// `Search` decides; this looks and asks. It lives as long as the daemon.
///
/// Many properties: what is asked, what is read of long answers, and what the last look showed.
package final class Discovery: Continuation {
    private var search: Search
    private let settings: Config.Discovery
    private let loop: EventLoop
    private let files: LMStudioFiles
    private unowned let delegate: any DiscoveryDelegate
    private lazy var timer = Timer { [unowned self] in look() }
    /// For who was found and waits for a name.
    private lazy var namingTimer = Timer { [unowned self] in
        search.named(now: loop.now)
        act()
    }
    /// The ways to the places, by number; kept, since those under way are not to be let go of.
    private var wires: [Int: PlainWire] = [:]
    private var inquiries: [Int: Inquiry] = [:]
    /// Long answers that are being read, by the places that gave them.
    private var readings: [Int: LongAnswer] = [:]
    private var isContinuing = false
    /// Bytes that the loop's account of memory counts for them.
    private var held = 0
    /// Listeners that were found to be this process's own, or not; those of the last look.
    private var ownership: [UInt64: Bool] = [:]
    /// Whether the kernel has told who listens.
    private var hasSeen = false
    /// Bytes that are read of an answer.
    package var listBytesMax = HTTPLimits.listBytesMax

    /// How long a connection may take, in nanoseconds: those of this machine take none.
    private static let connectTimeout: UInt64 = 2_000_000_000

    /// - Parameter home: the home folder of the user whose LM Studio is looked for, if any.
    package init(
        _ settings: Config.Discovery, configured: [BackendConfig], home: String?,
        on loop: EventLoop, delegate: any DiscoveryDelegate
    ) {
        self.settings = settings
        self.loop = loop
        self.delegate = delegate
        files = LMStudioFiles(home: home)
        search = Search(settings, configured: configured, machine: ThisProcess.machineName)
    }

    /// Where servers are searched for, as endpoints.
    package var probed: [String] { search.probed }

    /// Whether everybody who was seen has been heard.
    package var isSettled: Bool { search.isSettled }

    /// Looks now, and then once every interval.
    package func look() {
        loop.set(timer, after: settings.interval.nanoseconds)
        let listeners = ListeningSockets.on(search.ports)
        // Without a descriptor to spare nothing is seen, which says nothing of who listens.
        if listeners == nil, hasSeen { return }
        hasSeen = listeners != nil
        let sight = Search.Sight(
            listeners: listeners.map(others), sockets: settings.sockets.map(SmallFile.identity),
            lmStudioPort: files.port())
        search.looked(sight, now: loop.now)
        act()
    }

    /// The backend of that name refuses connections.
    package func unreachable(_ name: String) {
        search.unreachable(name)
        act()
    }

    /// Searches no more.
    package func close() {
        loop.cancel(timer)
        loop.cancel(namingTimer)
        for inquiry in inquiries.values { inquiry.cancel() }
        inquiries.removeAll()
        readings.removeAll()
        loop.memory.change(&held, to: 0)
        for wire in wires.values { wire.closeIdle() }
    }

    /// Without those of this process, which would ask itself.
    private func others(_ listeners: [ListeningSocket]) -> [ListeningSocket] {
        let known = ownership
        ownership.removeAll(keepingCapacity: true)
        return listeners.filter { listener in
            let isOurs =
                known[listener.inode]
                ?? (listener.uid == ThisProcess.uid && ListeningSockets.isOurs(listener.inode))
            ownership[listener.inode] = isOurs
            return !isOurs
        }
    }

    private func act() {
        while let action = search.next() {
            switch action {
            case .ask(let place, let path): ask(place, path)
            case .drop(let place): drop(place)
            case .add(let server): delegate.found(server)
            case .remove(let name): delegate.vanished(name)
            case .leave(let place, let isExecutor):
                delegate.left(search.endpoint(of: place).original, isExecutor: isExecutor)
            }
        }
        if let moment = search.namingAt {
            loop.set(namingTimer, at: moment)
        } else {
            loop.cancel(namingTimer)
        }
        closeIdle()
    }

    private func ask(_ place: Int, _ path: String) {
        let endpoint = search.endpoint(of: place)
        let wire =
            wires[place]
            ?? PlainWire(ServerAddress(endpoint), on: loop, connectTimeout: Self.connectTimeout)
        wires[place] = wire
        let host = endpoint.scheme == .unix ? "localhost" : endpoint.authority
        let fields = [(name: "Accept", value: "application/json")]
        let head = try? HTTPRequestHead(
            .get, target: path, host: host, fields: fields, hasBody: false)
        guard let head else { preconditionFailure("a place's name and a path are a head") }
        var request = HTTPRequest(head)
        request.answerBytesMax = listBytesMax
        inquiries[place] = Inquiry(request, to: wire, on: loop) { [weak self] result, body in
            self?.heard(result, body, at: place)
        }
    }

    private func heard(
        _ result: Result<HTTPResponseHead, ExchangeError>, _ body: Span<UInt8>, at place: Int
    ) {
        inquiries[place] = nil
        let now = loop.now
        switch result {
        case .success(let head) where body.count > Listing.wholeBytes:
            readings[place] = LongAnswer(
                head: head, reading: ListReading(body, into: OpenAIList()))
            return goOnInNextTurn()
        case .success(let head):
            search.answered(
                place, status: head.status, isExecutor: head.isExecutor, body, now: now)
        case .failure(.connect), .failure(.connectTimeout):
            search.failed(place, .refused, now: now)
        case .failure(.lacking): search.failed(place, .lacking, now: now)
        case .failure: search.failed(place, .broken, now: now)
        }
        act()
    }

    private func goOnInNextTurn() {
        if isContinuing { return }
        isContinuing = true
        loop.inNextTurn(self)
    }

    package func continueTurn() {
        isContinuing = false
        var budget = TurnBudget()
        while let (place, answer) = readings.first {
            let isRead = answer.reading.resume(among: ModelTable()) { budget.spend($0, of: loop) }
            loop.memory.change(
                &held, to: readings.values.reduce(0) { $0 + $1.reading.byteCount })
            guard isRead || loop.memory.isOver else { return goOnInNextTurn() }
            readings[place] = nil
            guard isRead else {
                search.failed(place, .lacking, now: loop.now)
                continue
            }
            let body = answer.reading.body
            let list = answer.reading.isList == true ? answer.reading.entries as? OpenAIList : nil
            search.answered(
                place, status: answer.head.status, isExecutor: answer.head.isExecutor,
                body.span.extracting(first: Listing.wholeBytes), asList: .some(list),
                now: loop.now)
        }
        loop.memory.change(&held, to: 0)
        act()
    }

    private func drop(_ place: Int) {
        readings[place] = nil
        inquiries.removeValue(forKey: place)?.cancel()
    }

    /// Who has been heard is not kept on the line.
    private func closeIdle() {
        for (place, wire) in wires where inquiries[place] == nil { wire.closeIdle() }
    }
}

/// An answer that takes more than a turn to read.
private struct LongAnswer {
    let head: HTTPResponseHead
    let reading: ListReading
}
