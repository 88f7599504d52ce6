/// One model server, played from captures: what each request is answered with, to the byte.
///
/// A play is a text of one line a request, of which the first that fits counts; `*` is any method
/// or path, and `MEMBER:VALUE` one that the request's body must have:
///
///     port PORT
///     METHOD PATH [MEMBER:VALUE] CAPTURE
///
/// Lines with other words (`answer`, `fault`, `passing`, `locked`, `starting`) name captures that
/// are sent only where the fault `capture=CAPTURE` asks for them.
struct Play: Sendable {
    private struct Line {
        let method: String
        let path: String
        let member: (name: String, value: String)?
        let capture: String

        func fits(_ request: Request) -> Bool {
            let asked = request.method == "HEAD" ? "GET" : request.method
            guard method == "*" || method == asked, path == "*" || path == request.path else {
                return false
            }
            guard let member else { return true }
            guard let body = try? JSONReader.read(request.body) else { return false }
            let value = body[member.name].map { String(decoding: $0.bytes(), as: UTF8.self) }
            return value == member.value
        }
    }

    struct Invalid: Error { let message: String }

    /// Where the server listens unless it is told otherwise.
    private(set) var port: UInt16 = 0
    private var lines: [Line] = []
    private var captures: [String: [UInt8]] = [:]

    static let methods: Set<String> = ["GET", "POST", "DELETE", "*"]
    private static let asides: Set<String> = ["answer", "fault", "passing", "locked", "starting"]

    /// - Parameter read: the bytes of a file in `Tests/Captures`.
    init(_ kind: String, read: (String) -> [UInt8]?) throws(Invalid) {
        guard !kind.contains("/"), let text = read("\(kind).play") else {
            throw Invalid(message: "there is no play \"\(kind)\" in Tests/Captures")
        }
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            try take(words, line, read)
        }
    }

    private mutating func take(
        _ words: [String], _ line: Substring, _ read: (String) -> [UInt8]?
    ) throws(Invalid) {
        if words[0] == "port", words.count == 2, let port = UInt16(words[1]) {
            self.port = port
            return
        }
        let isAside = Play.asides.contains(words[0])
        guard let name = words.last, isAside || Play.methods.contains(words[0]),
            isAside ? words.count >= 2 : (3...4).contains(words.count)
        else { throw Invalid(message: "no line of a play: \(line)") }
        guard let capture = read("\(name).http") else {
            throw Invalid(message: "there is no capture \(name) in Tests/Captures")
        }
        captures[name] = capture
        if isAside { return }
        var member: (String, String)?
        if words.count == 4 {
            let parts = words[2].split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw Invalid(message: "no MEMBER:VALUE: \(line)") }
            member = (parts[0], parts[1])
        }
        lines.append(Line(method: words[0], path: words[1], member: member, capture: name))
    }

    /// The capture of that name, if the play has it.
    func capture(_ name: String) -> [UInt8]? { captures[name] }

    /// What answers the request; nil where no line fits.
    func answer(to request: Request) -> [UInt8]? {
        lines.first { $0.fits(request) }.flatMap { captures[$0.capture] }
    }
}
