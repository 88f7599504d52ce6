import CrowdModelsProtocol

/// A value of a text that is known to be JSON: read in place, so that a list of a hundred thousand
/// models builds nothing but the models.
struct JSONPlace {
    let range: JSONRange

    /// The value of a whole text; nil where that is not JSON. What is no letter is borne.
    static func read<Result>(
        _ body: Span<UInt8>, _ read: (JSONPlace, Span<UInt8>) -> Result?
    ) -> Result? {
        let body = body.extracting((body.startsWithMark ? 3 : 0)...)
        if let range = try? JSONText.validate(body) { return read(JSONPlace(range: range), body) }
        let mended = JSONMending(body)
        guard let range = try? JSONText.validate(mended.text.span) else { return nil }
        return read(JSONPlace(range: range), mended.text.span)
    }

    private func kind(_ text: Span<UInt8>) -> JSONKind {
        JSONKind(firstByte: text[Int(range.start)])
    }

    /// Whether it is null.
    func isNull(_ text: Span<UInt8>) -> Bool { kind(text) == .null }

    /// Hands out the members of an object, names without escapes; nothing for what is none.
    func forEachMember(
        _ text: Span<UInt8>, _ take: (_ name: Span<UInt8>, _ value: JSONPlace) -> Void
    ) {
        guard kind(text) == .object else { return }
        GenerationReport.readMembers(text, at: range) { name, value in
            take(text.extracting(name.bounds), JSONPlace(range: value))
        }
    }

    /// Hands out the elements of an array; nothing for what is none.
    func forEachElement(_ text: Span<UInt8>, _ take: (JSONPlace) -> Void) {
        guard isArray(text) else { return }
        var reader = JSONElementReader(from: Int(range.start))
        while let element = (try? reader.next(in: text)) ?? nil { take(JSONPlace(range: element)) }
    }

    /// The member of that name.
    func member(_ wanted: StaticString, _ text: Span<UInt8>) -> JSONPlace? {
        var found: JSONPlace?
        forEachMember(text) { name, value in
            if name.reads(wanted) { found = value }
        }
        return found
    }

    /// Whether it is an error, for all that it may hold beside.
    func saysError(_ text: Span<UInt8>) -> Bool {
        member("error", text)?.isTrouble(text) ?? false
    }

    /// Whether it says that something is wrong: null, false, 0, "", [] and {} do not.
    func isTrouble(_ text: Span<UInt8>) -> Bool {
        switch kind(text) {
        case .null: false
        case .boolean: isTrue(text)
        case .number: range.count > 1
        case .string, .array, .object: range.count > 2
        }
    }

    func isArray(_ text: Span<UInt8>) -> Bool { kind(text) == .array }
    func isObject(_ text: Span<UInt8>) -> Bool { kind(text) == .object }
    func isTrue(_ text: Span<UInt8>) -> Bool { text[Int(range.start)] == UInt8(ascii: "t") }

    /// A string that is not empty, shortened to what a name may be.
    func name(_ text: Span<UInt8>) -> String? {
        guard kind(text) == .string, range.count > 2 else { return nil }
        let most = GenerationLimits.nameBytesMax
        return JSONText.string(text.extracting(range.bounds), first: most).shortened(to: most)
    }

    /// A number of tokens, bytes or the like: an integer above 0.
    func count(_ text: Span<UInt8>) -> Int? { integer(text).flatMap { $0 > 0 ? $0 : nil } }

    /// Any integer.
    func integer(_ text: Span<UInt8>) -> Int? {
        kind(text) == .number ? JSONText.integer(text.extracting(range.bounds)) : nil
    }

    /// The names in an array of strings.
    func names(_ text: Span<UInt8>) -> [String] {
        var names: [String] = []
        forEachElement(text) { element in
            if names.count < Self.namesMax, let name = element.name(text) { names.append(name) }
        }
        return names
    }

    /// Names of one model's capabilities: there are some ten.
    private static let namesMax = 32
}
