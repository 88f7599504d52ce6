import Backends
import Configuration
import CrowdModelsProtocol
import Kernel
import Scheduling
import Telemetry
import Testing

@testable import Requests

/// What a new list means for others, worked out in pieces.
@Suite struct ModelChangesTests {
    private func model(_ name: String, _ state: Model.State = .loaded) -> Model {
        var model = Model(id: name)
        model.state = state
        return model
    }

    private func changes(
        _ before: [Model], _ now: [Model], hasTime: (Int) -> Bool = { _ in true }
    ) -> (changes: ModelChanges, pauses: Int) {
        var changes = ModelChanges(from: ModelTable(before), to: ModelTable(now))
        var pauses = 0
        while !changes.resume(hasTime) { pauses += 1 }
        return (changes, pauses)
    }

    @Test func `what is new about a list is told by name, however often it is left`() {
        let before = [model("a"), model("b"), model("c")]
        let now = [model("c", .notLoaded), model("d"), model("a")]
        for hasTime in [{ _ in true }, { _ in false }] as [(Int) -> Bool] {
            let (found, pauses) = changes(before, now, hasTime: hasTime)
            #expect(found.names.added == NameSample(["d"]))
            #expect(found.names.removed == NameSample(["b"]))
            #expect(found.names.changed == NameSample(["c"]))
            #expect(found.told.map(\.model.id) == ["c", "d", "b"])
            #expect(found.told.map(\.kind) == [.changed, .added, .removed])
            #expect(pauses == (hasTime(0) ? 0 : 5))
        }
        #expect(changes([], []).changes.count == 0)
    }

    @Test func `of very many the first are told, and how many there are`() {
        let now = (0..<3 * ModelChanges.toldMax).map { model("m\($0)") }
        let (found, _) = changes([model("old")], now)
        #expect(found.count == now.count + 1)
        #expect(found.told.count == ModelChanges.toldMax)
        #expect(found.told.last?.model == now[ModelChanges.toldMax - 1])
        #expect(found.names.added.shown.count == NameSample.shownMax)
    }

    @Test func `samples of names are the same where all names are, in their order`() {
        let names = (0..<1_000).map { "m\($0)" }
        #expect(NameSample(names) == NameSample(names))
        #expect(NameSample(names) != NameSample(names.dropLast() + ["x"]))
        #expect(NameSample(names) != NameSample(names.reversed()))
        #expect(NameSample(names).count == 1_000)
    }

    @Test func `names of many lists are one list, and none is copied`() {
        let lists = [["a", "b"], [], ["c"]].map { ModelTable($0.map { model($0) }) }
        let names = ModelNames(lists, ["fast"])
        #expect(Array(names) == ["a", "b", "c", "fast"])
        #expect(names.count == 4 && ModelNames([]).isEmpty)
    }

    @Test func `a list is studied in pieces as in one go`() throws {
        let loop = try EventLoop()
        let models = (0..<200).map { number in
            var model = model("m\(number)", number % 3 == 0 ? .loaded : .notLoaded)
            model.purpose = number % 5 == 0 ? .embeddings : .llm
            model.maxContextLength = number
            return model
        }
        let before = ModelList(ModelTable(Array(models.prefix(150))), on: loop)
        let endpoint = try Endpoint("http://h:11434")
        func study(_ hasTime: (Int) -> Bool) -> (study: ListStudy, pauses: Int) {
            var study = ListStudy(
                of: ModelList(ModelTable(models), on: loop), kind: .ollama,
                adapter: ServerKind.ollama.adapter(at: endpoint), before: before)
            study.compare()
            var pauses = 0
            while !study.resume(hasTime) { pauses += 1 }
            return (study, pauses)
        }
        let (whole, none) = study { _ in true }
        let (cut, pauses) = study { _ in false }
        #expect(none == 0 && pauses > 500)
        #expect(cut.result.facts == whole.result.facts && whole.result.facts.count == 200)
        #expect(cut.result.chat == whole.result.chat && whole.result.chat.count == 160)
        #expect(whole.result.hasLoadedChat)
        #expect(whole.changes?.names.added.count == 50 && cut.changes?.count == 50)
        #expect(whole.result.facts[1].cannot.contains(.rerank), "Ollama cannot rank")
    }
    @Test(arguments: [(ServerKind.llamaCpp, true), (.vllm, true), (.lmstudio, false)])
    func `a model may embed where the list does not say what it is for`(
        kind: ServerKind, mayEmbed: Bool
    ) throws {
        let loop = try EventLoop()
        var model = model("m", .loaded)
        model.purpose = .llm
        var study = ListStudy(
            of: ModelList(ModelTable([model]), on: loop), kind: kind,
            adapter: kind.adapter(at: try Endpoint("http://h:1")),
            before: ModelList(ModelTable([]), on: loop))
        #expect(study.resume { _ in true })
        #expect(study.result.facts[0].cannot.isDisjoint(with: .embeddings) == mayEmbed)
        #expect(study.result.facts[0].can == .chat)
    }
}
