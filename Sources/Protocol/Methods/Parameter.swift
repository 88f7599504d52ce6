/// What a parameter may hold; both the check of a call and its JSON Schema come from it.
public enum ParameterType: Equatable, Sendable {
    case string
    /// A string that names something: at most `name_bytes_max` bytes.
    case name
    /// One of these words.
    case choice([String])
    /// A number within these bounds.
    case number(ClosedRange<Double>)
    /// An integer within these bounds.
    case integer(ClosedRange<Int>)
    case boolean
    /// An object whose members are somebody else's affair.
    case object
    /// An array of strings, at least one, each one of the choices where there are any.
    case strings([String])
    /// A string or an array of strings.
    case stringOrStrings
    /// An array of strings, at least one.
    case texts
    /// An array of objects, at least one.
    case objects
    /// A string or an object.
    case stringOrObject
    /// An object or an array.
    case structured
    /// A string, a number or null: the id of a request.
    case identifier
    /// A name of one byte or more, without control characters.
    case label
    /// An integer from 1, or -1 for "no limit".
    case countOrUnlimited
    /// A string or a boolean.
    case stringOrBoolean

    /// Whether any string is right, as far as it is not too long.
    var isAnyString: Bool { self == .string || self == .name }

    /// Whether `name_bytes_max` bounds it.
    var isName: Bool { self == .name || self == .label }
}

/// One parameter of a method.
public struct Parameter: Equatable, Sendable {
    /// Its name; by position it stands where it stands in the method's list.
    public let name: String
    /// What it may hold.
    public let type: ParameterType
    /// Whether a call must give it.
    public let isRequired: Bool
    /// What it means, one sentence with its unit and default.
    public let summary: String
    /// The named schema of the object, or of each object, that it holds; nil where the type does.
    public let component: String?

    /// A parameter that a call must give.
    public static func required(
        _ name: String, _ type: ParameterType, of component: String? = nil, _ summary: String
    ) -> Self {
        Parameter(
            name: name, type: type, isRequired: true, summary: summary, component: component)
    }

    /// A parameter that a call may leave out or give as null.
    public static func optional(
        _ name: String, _ type: ParameterType, of component: String? = nil, _ summary: String
    ) -> Self {
        Parameter(
            name: name, type: type, isRequired: false, summary: summary, component: component)
    }
}
