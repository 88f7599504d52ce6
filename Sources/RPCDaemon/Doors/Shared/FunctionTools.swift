import CrowdModelsProtocol

/// The tools of a request, as functions of `complete`: written step by step, each of which is shown
/// the request's text. Those that only their maker's own servers run, which their `type` tells, are
/// left out.
struct FunctionTools {
    private let schema: StaticString
    private let isFunction: (ObjectView) -> Bool
    private var tools: Elements
    private var omitted = OmittedTools()
    /// Whether one was written.
    private(set) var hasTool = false

    /// The elements of `tools`, each of which says a function's parameters as `schema`;
    /// `isFunction` knows one.
    init(
        _ tools: JSONRange?, in text: Span<UInt8>, schema: StaticString,
        where isFunction: @escaping (ObjectView) -> Bool
    ) {
        self.tools = Elements(of: tools, in: text)
        self.schema = schema
        self.isFunction = isFunction
    }

    /// Goes on; true when all are written, the end of the array too.
    mutating func resume(
        _ text: Span<UInt8>, _ params: inout Splice, to out: inout ByteBuffer
    ) -> Bool {
        var slice = Slice()
        while !slice.isSpent {
            guard let element = tools.next(in: text) else {
                if hasTool { out.append("]") }
                return true
            }
            slice.spend(element)
            let tool = ObjectView(text, at: element)
            guard isFunction(tool), let name = tool.words("name") else {
                omitted.add(tool)
                continue
            }
            if !hasTool { params.begin("tools", &out) }
            out.append(hasTool ? "," : "[")
            hasTool = true
            out.append("{\"type\":\"function\",\"function\":{\"name\":")
            out.append(text.extracting(name.bounds))
            tool.append("description", as: "description", to: &out)
            tool.append(schema, as: "parameters", to: &out)
            tool.append("strict", as: "strict", to: &out)
            out.append("}}")
        }
        return false
    }

    /// What is to be told of those that were left out; nil for none.
    var omission: String? { omitted.sentence }
}

extension Splice {
    /// Appends the choice of one function by the token of its name.
    mutating func add(choice name: Span<UInt8>, _ params: inout ByteBuffer) {
        begin("tool_choice", &params)
        params.append("{\"type\":\"function\",\"function\":{\"name\":")
        params.append(name)
        params.append("}}")
    }
}
