import Glibc

/// One client: reads its requests in turn and answers them. It lives on its own thread.
struct Connection {
    private let simulation: Simulation
    private let socket: Socket
    private let bell = Bell()

    /// A new connection may be silent this long before its first request, as in Node.
    static let firstRequestTime: UInt64 = 60_000_000_000

    init(_ simulation: Simulation, _ socket: Socket) {
        self.simulation = simulation
        self.socket = socket
    }

    func run() {
        let idle = simulation.options.idleTimeout
        socket.prepare(idle: idle == 0 ? 0 : max(idle, Connection.firstRequestTime))
        let number = simulation.journal.connected()
        serve(number)
        simulation.journal.disconnected()
        simulation.gate.leave(socket.descriptor)
        close(socket.descriptor)
    }

    private func serve(_ number: Int) {
        var reader = RequestReader(socket)
        var isFirst = true
        while true {
            if let constant = simulation.constant {
                guard constant.serve(&reader, socket, simulation.journal) else { return }
            }
            do {
                let request = try reader.next()
                try answer(request, connection: number, isFirst: isFirst)
            } catch RequestReader.Failure.bad(let bad) {
                refuse(bad)
                return
            } catch Exchange.Ending.reset {
                socket.resetOnClose()
                return
            } catch {
                return
            }
            if isFirst { socket.setIdle(simulation.options.idleTimeout) }
            isFirst = false
        }
    }

    /// As Node answers what it cannot parse.
    private func refuse(_ bad: Request.Bad) {
        let reason = Exchange.reasons[bad.status] ?? "Bad Request"
        _ = socket.send(Array("HTTP/1.1 \(bad.status) \(reason)\r\nConnection: close\r\n\r\n".utf8))
        shutdown(socket.descriptor, Int32(SHUT_WR))
        drain()
    }

    /// Closing over unread bytes would reset the connection, and the answer would be lost with it.
    private func drain() {
        var rest: [UInt8] = []
        socket.setIdle(200_000_000)
        for _ in 0..<64 {
            guard case .bytes = socket.receive(into: &rest) else { return }
            rest.removeAll(keepingCapacity: true)
        }
    }

    private func answer(
        _ request: Request, connection: Int, isFirst: Bool
    ) throws(Exchange.Ending) {
        let path = request.path
        let isControl = path == "/simulator" || path.hasPrefix("/simulator/")
        var number = 0
        var faults: [Fault] = []
        if !isControl {
            number = simulation.journal.arrived(request, connection: connection)
            faults = simulation.faults.take(
                path: path, generates: generates(request), isFirstOnConnection: isFirst)
            simulation.journal.met(faults, number)
            if simulation.options.isVerbose { report(request, faults) }
        }
        let exchange = Exchange(simulation, socket, bell, request, number: number, faults: faults)
        do throws(Exchange.Ending) {
            if isControl {
                try ControlRoutes(exchange: exchange).answer(path)
            } else {
                try Router(exchange: exchange).answer(path)
            }
        } catch .finished {
            if !exchange.keepsAlive { throw .close }
        }
    }

    /// Every POST of a play may generate, whatever its server calls it.
    private func generates(_ request: Request) -> Bool {
        simulation.options.play == nil
            ? Router.generates(request.path) : request.method == "POST"
    }

    private func report(_ request: Request, _ faults: [Fault]) {
        let names = faults.map(\.name).joined(separator: " ")
        let line = "\(request.method) \(request.target) \(request.body.count) bytes \(names)\n"
        _ = line.utf8CString.withUnsafeBufferPointer { write(2, $0.baseAddress!, $0.count - 1) }
    }
}
