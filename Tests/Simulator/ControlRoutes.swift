/// Answers `/simulator/…`: faults and models set while it runs, and what was seen.
///
/// Faults never meet these requests, and they are neither logged nor counted.
struct ControlRoutes {
    let exchange: Exchange

    private var simulation: Simulation { exchange.simulation }

    func answer(_ path: String) throws(Exchange.Ending) {
        let method = exchange.request.method
        switch (method, path) {
        case ("GET", "/simulator/faults"): try showFaults()
        case ("POST", "/simulator/faults"): try setFaults()
        case ("DELETE", "/simulator/faults"):
            simulation.faults.replace([])
            try showFaults()
        case ("POST", "/simulator/models"): try setModels()
        case ("GET", "/simulator/log"): try exchange.reply(simulation.journal.log)
        case ("DELETE", "/simulator/log"):
            simulation.journal.clear()
            try exchange.reply(["cleared": true])
        case ("GET", "/simulator/stats"): try exchange.reply(simulation.journal.stats)
        default:
            try exchange.reply(
                .plain(
                    "No such thing: \(method) \(path). There is GET, POST, DELETE"
                        + " /simulator/faults; POST /simulator/models; GET, DELETE /simulator/log;"
                        + " GET /simulator/stats", status: 404))
        }
    }

    private func showFaults() throws(Exchange.Ending) {
        try exchange.reply(["faults": .array(simulation.faults.all.map(\.json))])
    }

    private func body() throws(Exchange.Ending) -> JSON {
        do throws(JSONReader.Malformed) {
            return try JSONReader.read(exchange.request.body)
        } catch {
            try exchange.reply(
                .plain("not JSON: \(error.reason) at byte \(error.position)"))
            throw .finished
        }
    }

    private func setFaults() throws(Exchange.Ending) {
        let json = try body()
        let items = json.items ?? json["faults"]?.items ?? [json]
        var faults: [Fault] = []
        do throws(Fault.Invalid) {
            for item in items { faults.append(try Fault(item)) }
        } catch {
            return try exchange.reply(.plain(error.message))
        }
        let refusing = faults.first { $0.name == "refuse" && $0.after == 0 }
        simulation.faults.replace(faults.filter { $0 != refusing })
        if let refusing {
            exchange.keepsAlive = false
            simulation.gate.close(for: refusing.time(or: 1), sparing: exchange.socket.descriptor)
        }
        try showFaults()
    }

    private func setModels() throws(Exchange.Ending) {
        let json = try body()
        let models: [Model]
        do throws(Model.Invalid) {
            models = try Model.list(json)
        } catch {
            return try exchange.reply(.plain(error.message))
        }
        simulation.catalogue.replace(models)
        try exchange.reply(["models": .int(models.count)])
    }
}
