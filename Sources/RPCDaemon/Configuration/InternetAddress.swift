/// What may stand for a host, without asking anybody.
enum InternetAddress {
    /// A host name or an IPv4 address.
    static func isHost(_ text: Substring) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        let isNumeric = labels.last?.utf8.allSatisfy(TOMLParser.isDigit) == true
        // A dot may end a name: it says that the name is complete.
        let parts =
            labels.last?.isEmpty == true && labels.count > 1 ? labels.dropLast() : labels[...]
        if isNumeric && labels.last?.isEmpty == false { return isIPv4(text) }
        return parts.allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy(TOMLParser.isBareKeyByte)
                && !label.hasPrefix("-") && !label.hasSuffix("-")
        }
    }

    /// Whether a host, in lower case, is what `localhost` is, in whichever spelling: a name of the
    /// loopback interface, its first address in either family, or "any", which connects there.
    static func isLoopback(_ host: String) -> Bool {
        if loopbackNames.contains(host) || host.hasSuffix(".localhost") { return true }
        if isIPv4(host[...]) { return host == "127.0.0.1" || host == "0.0.0.0" }
        guard isIPv6(host[...]) else { return false }
        let parts = host.split(separator: ":")
        if let last = parts.last, last.contains(".") {
            return parts.dropLast().last == "ffff" && isLoopback(String(last))
        }
        let groups = parts.map { UInt16($0, radix: 16) ?? .max }
        // `1::` is another address than `::1`.
        return groups.dropLast().allSatisfy { $0 == 0 } && (groups.last ?? 0) <= 1
            && (groups.last != 1 || !host.hasSuffix(":"))
    }

    private static let loopbackNames = [
        "localhost", "localhost.", "ip6-localhost", "ip6-loopback",
    ]

    /// Four numbers from 0 to 255.
    static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                (1...3).contains(part.utf8.count) && part.utf8.allSatisfy(TOMLParser.isDigit)
                    && (part.utf8.count == 1 || !part.hasPrefix("0")) && UInt8(part) != nil
            }
    }

    /// Eight groups, or fewer around one `::`; the last two may be an IPv4 address.
    static func isIPv6(_ text: Substring) -> Bool {
        var text = text
        var groupsWanted = 8
        if text.utf8.contains(UInt8(ascii: ".")), let colon = text.lastIndex(of: ":") {
            guard isIPv4(text[text.index(after: colon)...]) else { return false }
            groupsWanted = 6
            let isGap = text[..<colon].hasSuffix(":")
            text = isGap ? text[...colon] : text[..<colon]
        }
        guard let gap = text.indices.first(where: { text[$0...].hasPrefix("::") }) else {
            return groups(text) == groupsWanted
        }
        let after = text[text.index(gap, offsetBy: 2)...]
        guard let before = text[..<gap].isEmpty ? 0 : groups(text[..<gap]),
            let behind = after.isEmpty ? 0 : groups(after)
        else { return false }
        return before + behind < groupsWanted
    }

    private static func groups(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let areGroups = parts.allSatisfy { part in
            (1...4).contains(part.utf8.count)
                && part.utf8.allSatisfy { TOMLParser.digit($0, radix: 16) != nil }
        }
        return areGroups ? parts.count : nil
    }
}
