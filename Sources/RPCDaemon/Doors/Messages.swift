import CrowdModelsProtocol

/// The messages of OpenAI's API, which are ours but for one role.
enum Messages {
    /// Passes the request's messages on; `developer` is what newer clients call `system`, and what
    /// few models' templates know.
    static func pass(
        _ request: DoorRequest, _ splice: inout Splice, _ params: inout ByteBuffer
    ) {
        guard let value = request.value("messages") else { return }
        let messages = request.token(value)
        splice.begin("messages", &params)
        var kept = 0
        for role in developerRoles(messages) {
            params.append(messages.extracting(kept..<Int(role.start)))
            params.append("\"system\"")
            kept = Int(role.end)
        }
        params.append(messages.extracting(kept..<messages.count))
    }

    /// Where `developer` stands as a role.
    private static func developerRoles(_ messages: Span<UInt8>) -> [JSONRange] {
        var roles: [JSONRange] = []
        guard mentionsDeveloper(messages) else { return [] }
        var walker = JSONWalker(messages)
        guard (try? walker.enterArray()) != nil else { return [] }
        while (try? walker.nextElement()) == true {
            guard (try? walker.enterObject()) != nil else { return roles }
            while let name = (try? walker.nextName()) ?? nil {
                let isRole = JSONText.string(
                    messages.extracting(name.bounds), hasEscape: walker.nameHasEscape,
                    equals: "role")
                guard let value = try? walker.skip() else { return roles }
                if isRole, messages.extracting(value.bounds).reads("\"developer\"") {
                    roles.append(value)
                }
            }
        }
        return roles
    }

    /// Whether the word stands there at all: in most conversations it does not, and nobody has to
    /// walk through megabytes.
    private static func mentionsDeveloper(_ messages: Span<UInt8>) -> Bool {
        let word: StaticString = "\"developer\""
        let length = word.utf8CodeUnitCount
        return unsafe messages.withUnsafeBufferPointer { bytes in
            var at = 0
            while at + length <= bytes.count {
                guard let quote = unsafe bytes[at...].firstIndex(of: UInt8(ascii: "\"")),
                    quote + length <= bytes.count
                else { return false }
                let isThere = word.withUTF8Buffer { letters in
                    unsafe bytes[quote..<quote + length].elementsEqual(letters)
                }
                if isThere { return true }
                at = quote + 1
            }
            return false
        }
    }
}
