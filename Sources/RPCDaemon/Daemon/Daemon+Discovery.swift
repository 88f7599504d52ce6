import Backends
import Configuration
import CrowdModelsProtocol
import Kernel
import Requests
import Telemetry

/// Model servers that nobody configured come and go.
extension Daemon: DiscoveryDelegate {
    /// Begins the search, unless the configuration says no.
    func startDiscovery() {
        guard config.discovery.enabled else { return }
        let discovery = Discovery(
            config.discovery, configured: config.backends, home: Environment.value("HOME"),
            on: loop, delegate: self)
        discovery.listBytesMax = limits.listBytesMax
        self.discovery = discovery
        discovery.look()
    }

    /// A server of which no more is read than the configuration allows, and whose exchanges are
    /// told where the log wants them.
    func bounded(_ server: ModelServer) -> ModelServer {
        server.watcher = self
        server.listBytesMax = limits.listBytesMax
        server.errorBytesMax = limits.errorBodyBytesMax
        return server
    }

    func found(_ server: FoundServer) {
        log.info(
            "Found \(server.kind.productName) at \(server.endpoint): backend \(server.name)")
        let backend = Backend(
            bounded(ModelServer(server, on: loop)), origin: .discovered,
            queueMax: limits.queueMax, interval: config.discovery.interval, of: dispatcher)
        dispatcher.add(backend)
        backend.look()
    }

    func vanished(_ name: String) {
        guard let backend = dispatcher.backend(named: name) else { return }
        log.info(
            "\(backend.server.productName) at \(backend.config.endpoint) is gone, and backend "
                + "\(name) with it")
        dispatcher.remove(backend)
        firstLookEnded()
    }

    func left(_ endpoint: String, isExecutor: Bool) {
        log.debug(
            isExecutor
                ? "A Crowd Models Executor listens at \(endpoint); it is left alone"
                : "Who listens at \(endpoint) is no model server that is known; it is asked again "
                    + "in a minute")
        firstLookEnded()
    }

    func unreachable(_ backend: Backend) {
        discovery?.unreachable(backend.name)
    }

    func changedBackends(_ backend: Backend, isThere: Bool) {
        publishBackend(backend, isThere ? .added : .removed)
    }

    var probed: [String] { discovery?.probed ?? [] }
}
