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
        let reading = read(text, into: LMStudioList())
        return reading.isList == true ? (reading.entries as? LMStudioList)?.listed.table.all : nil
    }

    static func openAI(_ text: String) -> OpenAIList? {
        let bytes = ByteBuffer(text)
        return OpenAIList(bytes.span)
    }

    static func add(_ text: String, to models: inout [Model]) -> Bool {
        var table = ModelTable(models)
        let reading = read(text, into: LMStudioDetails(), among: table)
        guard reading.isList == true, let details = reading.entries as? LMStudioDetails else {
            return false
        }
        details.add(to: &table)
        models = table.all
        return true
    }

    private static func read(
        _ text: String, into entries: any ListEntries, among models: ModelTable = ModelTable()
    ) -> ListReading {
        let bytes = ByteBuffer(text)
        let reading = ListReading(bytes.span, into: entries)
        _ = reading.resume(among: models) { _ in true }
        return reading
    }
}

extension ModelServer {
    /// It lists these now.
    func list(_ models: [Model]) {
        list = ModelList(ModelTable(models), on: loop)
    }
}
