/// One fault to play: which, with what argument, for which requests and how often.
struct Fault: Sendable, Equatable {
    let name: String
    var argument: String?
    /// How many matching requests still meet it; nil is every one.
    var times: Int?
    /// How many matching requests are let through first.
    var after = 0
    /// The path it is for; one that ends with `*` is a beginning. nil is every path it can meet.
    var path: String?

    struct Invalid: Error { let message: String }

    init(_ name: String, argument: String? = nil) {
        self.name = name
        self.argument = argument
    }

    /// Reads `NAME[=ARG][,times=N][,after=N][,path=/x]`.
    init(parsing text: String) throws(Invalid) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let (name, argument) = Fault.pair(parts[0])
        self.init(name, argument: argument)
        for part in parts.dropFirst() {
            let (key, value) = Fault.pair(part)
            switch key {
            case "times": times = try Fault.count(value, key)
            case "after": after = try Fault.count(value, key)
            case "path": path = value
            default:
                throw Invalid(
                    message: "fault \(name): unknown part \"\(part)\" (times, after, path)")
            }
        }
        try check()
    }

    /// Reads the same as an object (`fault`, `arg`, `times`, `after`, `path`), or as a string.
    init(_ json: JSON) throws(Invalid) {
        if let text = json.text {
            self = try Fault(parsing: text)
            return
        }
        guard let name = json["fault"]?.text else {
            throw Invalid(message: "a fault is a string or an object with \"fault\"")
        }
        self.init(name)
        for member in json.members ?? [] {
            switch (member.name, member.value) {
            case ("fault", _), (_, .null): break
            case ("arg", .string(let text)), ("arg", .number(let text)): argument = text
            case ("times", _): times = try Fault.count(member.value.int.map(String.init), "times")
            case ("after", _): after = try Fault.count(member.value.int.map(String.init), "after")
            case ("path", .string(let text)): path = text
            default:
                throw Invalid(message: "fault \(name): \"\(member.name)\" is unknown or mistyped")
            }
        }
        try check()
    }

    private static func pair(_ text: String) -> (String, String?) {
        guard let equals = text.firstIndex(of: "=") else { return (text, nil) }
        return (String(text[..<equals]), String(text[text.index(after: equals)...]))
    }

    private static func count(_ text: String?, _ key: String) throws(Invalid) -> Int {
        guard let text, let count = Int(text), count >= 0 else {
            throw Invalid(message: "\(key) is a whole number")
        }
        return count
    }

    /// A misspelt fault would let a test pass that tests nothing.
    private func check() throws(Invalid) {
        guard kind != nil else {
            throw Invalid(message: "unknown fault \"\(name)\"; --help lists them")
        }
        guard let argument else { return }
        switch name {
        case "error-event", "error-data", "error-string", "no-models", "wrong-model", "usage",
            "choices", "tps", "pretty", "content-length", "split", "interim", "capture":
            break
        default:
            guard let number = Double(argument), number >= 0, number.isFinite else {
                throw Invalid(message: "fault \(name): \"\(argument)\" is not a number")
            }
        }
    }

    var json: JSON {
        var members = [JSON.Member(name: "fault", value: .string(name))]
        if let argument { members.append(.init(name: "arg", value: .string(argument))) }
        if let times { members.append(.init(name: "times", value: .int(times))) }
        if after > 0 { members.append(.init(name: "after", value: .int(after))) }
        if let path { members.append(.init(name: "path", value: .string(path))) }
        return .object(members)
    }

    /// Enough for every count, and little enough to be allocated as bytes.
    static let numberMax = 16.0 * 1024 * 1024

    /// The argument as a whole number.
    func number(or standard: Int) -> Int {
        argument.flatMap { Double($0) }.map { Int(min($0, Fault.numberMax)) } ?? standard
    }

    /// The argument as nanoseconds, given in seconds.
    func time(or seconds: Double) -> UInt64 {
        Clock.nanoseconds(argument.flatMap { Double($0) } ?? seconds)
    }
}
