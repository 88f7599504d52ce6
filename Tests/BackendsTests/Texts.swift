import Backends
import CrowdModelsProtocol

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
        return ModelList.lmStudio(bytes.span)
    }

    static func openAI(_ text: String) -> ModelList.Listing? {
        let bytes = ByteBuffer(text)
        return ModelList.openAI(bytes.span)
    }

    static func add(_ text: String, to models: inout [Model]) -> Bool {
        let bytes = ByteBuffer(text)
        return ModelList.addLMStudioDetails(bytes.span, to: &models)
    }
}
