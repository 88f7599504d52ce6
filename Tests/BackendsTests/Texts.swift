import CrowdModelsProtocol

@testable import Backends

extension ByteBuffer {
    /// The bytes of a text.
    init(_ text: String) {
        self.init(capacity: text.utf8.count)
        append(utf8: text)
    }
}

/// What the reader of lists makes of a text.
enum Lists {
    static func lmStudio(_ text: String) -> [Model]? {
        let bytes = ByteBuffer(text)
        return LMStudioLists.models(bytes.span)
    }

    static func openAI(_ text: String) -> OpenAIList? {
        let bytes = ByteBuffer(text)
        return OpenAIList(bytes.span)
    }

    static func add(_ text: String, to models: inout [Model]) -> Bool {
        let bytes = ByteBuffer(text)
        return LMStudioLists.addDetails(bytes.span, to: &models)
    }
}
