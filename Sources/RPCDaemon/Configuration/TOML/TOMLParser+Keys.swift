/// Keys, key/value pairs and headers, with the rules of who may define what once.
extension TOMLParser {
    /// One part of a dotted key and where it begins.
    struct KeyPart {
        var key: TOMLKey
        var position: TOMLPosition
    }

    static func isBareKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Takes `a."b".'c'` and the blanks around each part.
    mutating func readKey() throws(TOMLError) -> [KeyPart] {
        var parts: [KeyPart] = []
        repeat {
            skipBlanks()
            let place = markPosition()
            parts.append(KeyPart(key: TOMLKey(try readKeyPart()), position: place))
            skipBlanks()
        } while take(".")
        return parts
    }

    private mutating func readKeyPart() throws(TOMLError) -> String {
        guard let byte = peek else { throw failure("expected a key, found the end of the file") }
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            if peek(1) == byte && peek(2) == byte {
                throw failure("a multi-line string cannot be a key; use single quotes")
            }
            return byte == UInt8(ascii: "'") ? try readLiteral() : try readBasic()
        }
        let start = offset
        while let byte = peek, TOMLParser.isBareKeyByte(byte) { offset += 1 }
        guard offset > start else {
            let hint =
                byte >= 0x80 ? "; a key with other than A-Z a-z 0-9 - _ needs quotes" : ""
            throw failure("expected a key, found \(found)\(hint)")
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// Takes `key = value` into the table.
    mutating func readPair(into table: TOMLBuilder) throws(TOMLError) {
        let key = try readKey()
        guard take("=") else {
            throw failure("expected `=` or `.` after the key, found \(found)")
        }
        skipBlanks()
        let home = try dottedHome(of: key, from: table)
        guard let last = key.last else { preconditionFailure("a key has a part") }
        if let other = home.member(last.key) { throw duplicate(key, key.count - 1, other) }
        // A value inside the table is one deeper than it, if it is a table or an array.
        let place = markPosition()
        let value = try readValue(depth: home.depth + 1)
        home.add(last.key, at: last.position, .value(TOMLNode(value: value, position: place)))
    }

    /// The table that a dotted key's last part goes into; makes the tables on the way.
    private func dottedHome(
        of key: [KeyPart], from table: TOMLBuilder
    ) throws(TOMLError) -> TOMLBuilder {
        var home = table
        for (index, part) in key.dropLast().enumerated() {
            switch home.member(part.key)?.child {
            case nil:
                let next = try child(of: home, .dotted, part)
                home.add(part.key, at: part.position, .table(next))
                home = next
            case .table(let next)? where next.origin != .header:
                next.origin = .dotted
                home = next
            case .table(let next)?:
                throw TOMLError(
                    position: part.position,
                    message: "dotted keys cannot add to \(name(key, index)), which has its own "
                        + "header at \(next.position)")
            case .tables?, .value?:
                guard let other = home.member(part.key) else { continue }
                throw duplicate(key, index, other)
            }
        }
        return home
    }

    /// Takes `[table]` or `[[array of tables]]` and makes its table the current one.
    mutating func readHeader() throws(TOMLError) {
        let place = markPosition()
        offset += 1
        let isArray = take("[")
        let key = try readKey()
        guard take("]"), !isArray || take("]") else {
            let wanted = isArray ? "]]" : "]"
            throw failure("expected `\(wanted)` after the table's name, found \(found)")
        }
        guard let last = key.last else { preconditionFailure("a key has a part") }
        let home = try headerHome(of: key)
        if isArray {
            current = try openArrayElement(key, last, in: home, at: place)
        } else {
            current = try openTable(key, last, in: home, at: place)
        }
    }

    /// The table that a header's last part goes into; tables on the way are implied.
    private func headerHome(of key: [KeyPart]) throws(TOMLError) -> TOMLBuilder {
        var home = root
        for (index, part) in key.dropLast().enumerated() {
            switch home.member(part.key)?.child {
            case nil:
                let next = try child(of: home, .implied, part)
                home.add(part.key, at: part.position, .table(next))
                home = next
            case .table(let next)?: home = next
            case .tables(let tables)?: home = tables[tables.count - 1]
            case .value?:
                guard let other = home.member(part.key) else { continue }
                throw duplicate(key, index, other)
            }
        }
        return home
    }

    private func openTable(
        _ key: [KeyPart], _ last: KeyPart, in home: TOMLBuilder, at place: TOMLPosition
    ) throws(TOMLError) -> TOMLBuilder {
        guard let other = home.member(last.key) else {
            let table = try child(of: home, .header, last, at: place)
            home.add(last.key, at: last.position, .table(table))
            return table
        }
        guard case .table(let table) = other.child, table.origin == .implied else {
            throw duplicate(key, key.count - 1, other)
        }
        table.origin = .header
        return table
    }

    private func openArrayElement(
        _ key: [KeyPart], _ last: KeyPart, in home: TOMLBuilder, at place: TOMLPosition
    ) throws(TOMLError) -> TOMLBuilder {
        let table = try child(of: home, .header, last, at: place, levels: 2)
        switch home.member(last.key) {
        case nil: home.add(last.key, at: last.position, .tables([table]))
        case .some(let other):
            guard case .tables = other.child else {
                throw duplicate(key, key.count - 1, other)
            }
            home.append(table, to: last.key)
        }
        return table
    }

    private func child(
        of home: TOMLBuilder, _ origin: TOMLBuilder.Origin, _ part: KeyPart,
        at place: TOMLPosition? = nil, levels: Int = 1
    ) throws(TOMLError) -> TOMLBuilder {
        let depth = home.depth + levels
        guard depth <= Limits.configurationDepthMax else { throw tooDeep(at: part.position) }
        return TOMLBuilder(origin, at: place ?? part.position, depth: depth)
    }

    func tooDeep(at place: TOMLPosition) -> TOMLError {
        TOMLError(
            position: place,
            message: "tables and arrays may lie \(Limits.configurationDepthMax) deep in one "
                + "another, the file itself being the first (configuration_depth_max)")
    }

    private func name(_ key: [KeyPart], _ index: Int) -> String {
        "`" + key[...index].map(\.key.description).joined(separator: ".") + "`"
    }

    /// Says what stands already where the part at `index` wants to go.
    private func duplicate(
        _ key: [KeyPart], _ index: Int, _ other: TOMLBuilder.Member
    ) -> TOMLError {
        let isLast = index == key.count - 1
        let message: String
        switch other.child {
        case .tables:
            message = "is an array of tables, begun at \(other.position)"
        case .table(let table):
            message = "is a table already, defined at \(table.position)"
        case .value(let node):
            switch node.value {
            case .table: message = "is an inline table, complete at \(node.position)"
            case .array where !isLast || other.position != node.position:
                message = "is an array already, written at \(other.position)"
            default: message = "has a value already, set at \(other.position)"
            }
        }
        return TOMLError(position: key[index].position, message: name(key, index) + " " + message)
    }
}
