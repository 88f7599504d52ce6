// Prints an answer as it comes.   swift run SwiftExample PROMPT [MODEL]
//
// A package of your own needs two lines for the types used here:
//     dependencies: [.package(path: "…/crowd-models-executor")]
//     .product(name: "CrowdModelsProtocol", package: "crowd-models-executor")

import CrowdModelsProtocol
import Glibc

@main
enum Stream {
    static func main() {
        do {
            try run()
        } catch let error as RPCError {
            fail("\(error.kind): \(error.message)")
        } catch {
            fail("\(error)")
        }
    }

    static func run() throws {
        let descriptor = connect(to: socketPath())
        // One stream to write and one to read: each has a buffer and a position of its own.
        let requests = fdopen(dup(descriptor), "w")
        let answers = fdopen(descriptor, "r")

        let words = CommandLine.arguments.dropFirst()
        var completion = CompleteRequest(prompt: words.first ?? "Hello")
        completion.model =
            words.dropFirst().first ?? getenv("CROWD_MODELS_MODEL").map { String(cString: $0) }
        completion.stream = true
        fputs(RPCRequest(id: 1, .complete, completion.json).line, requests)
        fflush(requests)

        while let line = nextLine(of: answers) {
            switch try RPCResponse(line: line) {
            case .notification("complete.delta", let params):
                // A delta may hold reasoning or tool calls instead of text.
                print(try CompleteDelta(json: params).content ?? "", terminator: "")
                fflush(nil)
            case .notification: break
            // With several requests under way, the id says which one was answered.
            case .error(_, let error): throw error
            case .result(_, let result):
                let result = try CompleteResult(json: result)
                print("\n\(result.finishReason) after \(result.stats.totalTime) s")
                return
            }
        }
        fail("crowd-models-executor closed the connection")
    }

    /// Where the socket is depends on the machine: the daemon's own client knows.
    static func socketPath() -> String {
        if let path = getenv("CROWD_MODELS_SOCKET") { return String(cString: path) }
        let client = popen("crowd-models sockname", "r")
        defer { pclose(client) }
        guard let line = nextLine(of: client) else { fail("crowd-models found no daemon") }
        return String(line.dropLast())
    }

    static func connect(to path: String) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { space in
            // The last byte stays zero.
            if path.utf8.count >= space.count { fail("\(path) is too long for a socket") }
            space.copyBytes(from: path.utf8)
        }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if result != 0 { fail("\(path): \(String(cString: strerror(errno)))") }
        return descriptor
    }

    /// The next line with its newline, of any length; nil at the end.
    static func nextLine(of stream: UnsafeMutablePointer<FILE>?) -> String? {
        guard let stream else { return nil }
        var line: UnsafeMutablePointer<CChar>?
        var space = 0
        defer { free(line) }
        return getline(&line, &space, stream) > 0 ? line.map { String(cString: $0) } : nil
    }

    static func fail(_ message: String) -> Never {
        let line = "\(message)\n"
        write(2, line, line.utf8.count)
        exit(1)
    }
}
