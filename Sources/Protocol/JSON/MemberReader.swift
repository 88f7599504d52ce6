/// Reads the members of one object and says where what is wrong.
public struct MemberReader: Sendable {
    /// The object.
    public let object: JSONObject
    /// What errors call it.
    public let place: String

    /// A reader of a value, which has to be an object.
    public init(_ value: JSONValue, at place: String) throws(ShapeError) {
        guard let object = value.objectValue else {
            throw ShapeError(place, "is \(value.kind.withArticle), not an object")
        }
        self.object = object
        self.place = place
    }

    /// The member of that name, whatever it is; nil where it is absent or null.
    public subscript(name: String) -> JSONValue? {
        guard let value = object[name], value != .null else { return nil }
        return value
    }

    /// A string that has to be there.
    public func string(_ name: String) throws(ShapeError) -> String {
        try needed(name, try stringIfPresent(name))
    }

    /// A string, or nil where it is absent.
    public func stringIfPresent(_ name: String) throws(ShapeError) -> String? {
        guard let value = self[name] else { return nil }
        guard let string = value.stringValue else { throw wrong(name, value, "a string") }
        return string
    }

    /// An integer that has to be there.
    public func integer(_ name: String) throws(ShapeError) -> Int {
        try needed(name, try integerIfPresent(name))
    }

    /// An integer, or nil where it is absent.
    public func integerIfPresent(_ name: String) throws(ShapeError) -> Int? {
        guard let value = self[name] else { return nil }
        guard let integer = value.integerValue else { throw wrong(name, value, "an integer") }
        return integer
    }

    /// A number that has to be there.
    public func number(_ name: String) throws(ShapeError) -> Double {
        try needed(name, try numberIfPresent(name))
    }

    /// A number, or nil where it is absent.
    public func numberIfPresent(_ name: String) throws(ShapeError) -> Double? {
        guard let value = self[name] else { return nil }
        guard let number = value.doubleValue else { throw wrong(name, value, "a number") }
        return number
    }

    /// A truth value that has to be there.
    public func bool(_ name: String) throws(ShapeError) -> Bool {
        try needed(name, try boolIfPresent(name))
    }

    /// A truth value, or nil where it is absent.
    public func boolIfPresent(_ name: String) throws(ShapeError) -> Bool? {
        guard let value = self[name] else { return nil }
        guard let bool = value.boolValue else { throw wrong(name, value, "true or false") }
        return bool
    }

    /// Strings; none where the member is absent.
    public func strings(_ name: String) throws(ShapeError) -> [String] {
        var strings: [String] = []
        for (index, element) in try elements(name).enumerated() {
            guard let string = element.stringValue else {
                throw wrong("\(name)[\(index)]", element, "a string")
            }
            strings.append(string)
        }
        return strings
    }

    /// The elements of an array; none where the member is absent.
    public func elements(_ name: String) throws(ShapeError) -> [JSONValue] {
        guard let value = self[name] else { return [] }
        guard let elements = value.arrayValue else { throw wrong(name, value, "an array") }
        return elements
    }

    /// A value that has to be there.
    public func read<Shape: JSONReadable>(_ name: String) throws(ShapeError) -> Shape {
        try needed(name, try readIfPresent(name))
    }

    /// A value, or nil where it is absent.
    public func readIfPresent<Shape: JSONReadable>(_ name: String) throws(ShapeError) -> Shape? {
        guard let value = self[name] else { return nil }
        return try Shape(json: value, at: "\(place).\(name)")
    }

    /// Values of an array; none where the member is absent.
    public func readAll<Shape: JSONReadable>(_ name: String) throws(ShapeError) -> [Shape] {
        var shapes: [Shape] = []
        for (index, element) in try elements(name).enumerated() {
            shapes.append(try Shape(json: element, at: "\(place).\(name)[\(index)]"))
        }
        return shapes
    }

    /// The values of an object by their names, in the order of the text; none where it is absent.
    public func readNamed<Shape: JSONReadable>(
        _ name: String
    ) throws(ShapeError) -> [(name: String, value: Shape)] {
        guard let value = self[name] else { return [] }
        var shapes: [(name: String, value: Shape)] = []
        for member in try MemberReader(value, at: "\(place).\(name)").object.members {
            let inner = "\(place).\(name).\(member.name)"
            shapes.append((member.name, try Shape(json: member.value, at: inner)))
        }
        return shapes
    }

    /// The integers of an object by their names; none where it is absent.
    public func counts(_ name: String) throws(ShapeError) -> [String: Int] {
        guard let value = self[name] else { return [:] }
        let reader = try MemberReader(value, at: "\(place).\(name)")
        var counts: [String: Int] = [:]
        for member in reader.object.members {
            counts[member.name] = try reader.integer(member.name)
        }
        return counts
    }

    private func needed<Value>(_ name: String, _ value: Value?) throws(ShapeError) -> Value {
        guard let value else { throw ShapeError("\(place).\(name)", "is missing") }
        return value
    }

    private func wrong(_ name: String, _ value: JSONValue, _ expected: String) -> ShapeError {
        ShapeError("\(place).\(name)", "is \(value.kind.withArticle), not \(expected)")
    }
}
