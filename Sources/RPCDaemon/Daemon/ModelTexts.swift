import Backends
import Configuration
import CrowdModelsProtocol
import Kernel
import Requests

/// Long lists of models on their way into answers: each is written over as many turns as it takes,
/// one after the other, so that the text of one is all that is held.
///
/// It lives as long as the daemon.
final class ModelTexts: Continuation {
    /// Models that are written at once: one or two milliseconds.
    static let wholeMax = 2048

    /// What a text is written for.
    private enum Purpose {
        case answer(ModelsAnswer)
        /// To be there for whoever asks.
        case keeping
    }

    private unowned let daemon: Daemon
    /// The first is the one that is written.
    private var waiting: [Purpose] = []
    private var isContinuing = false
    private var text = ByteBuffer()
    /// Bytes that the loop's account of memory counts for the text.
    private var held = 0
    private var array: ArrayWriter?
    /// What it lists, as it was when the text began, and what comes next of that.
    private var lists: [(backend: Backend, models: ModelList)] = []
    private var next = (list: 0, model: 0)
    /// Whether a list has changed since.
    private var isStale = false

    init(_ daemon: Daemon) {
        self.daemon = daemon
    }

    /// Whether an answer of those models has to be written here.
    func takesLong(_ filter: ModelFilter, of backends: [Backend]) -> Bool {
        if filter.admitsAll, !daemon.modelsText.isEmpty { return false }
        return areLong(backends)
    }

    /// Whether a list of what they offer takes more than a turn.
    func areLong(_ backends: [Backend]) -> Bool {
        backends.reduce(0) { $0 + $1.offered.table.count } > Self.wholeMax
    }

    /// Writes the text of an answer, which is told when it is there.
    func write(_ answer: ModelsAnswer) {
        waiting.append(.answer(answer))
        goOnInNextTurn()
    }

    /// A list has changed: the text of all of them is written anew where it is long.
    func changed() {
        daemon.modelsText = []
        isStale = true
        guard areLong(daemon.dispatcher.backends) else { return }
        let isWanted = waiting.dropFirst().contains {
            if case .keeping = $0 { true } else { false }
        }
        if !isWanted { waiting.append(.keeping) }
        goOnInNextTurn()
    }

    private func goOnInNextTurn() {
        if isContinuing { return }
        isContinuing = true
        daemon.loop.inNextTurn(self)
    }

    func continueTurn() {
        isContinuing = false
        var budget = TurnBudget()
        while let purpose = waiting.first {
            if isWanted(purpose) {
                guard goOn(with: purpose, &budget) else { return goOnInNextTurn() }
            }
            waiting.removeFirst()
            forgetText()
            // Who waits next has a turn of its own.
            if !waiting.isEmpty { return goOnInNextTurn() }
        }
    }

    /// Whether a text is still to be written for that.
    private func isWanted(_ purpose: Purpose) -> Bool {
        switch purpose {
        case .answer(let answer):
            guard !answer.isSettled, answer.listsAll, !daemon.modelsText.isEmpty else {
                return !answer.isSettled
            }
            let text = daemon.modelsText
            answer.finish(text.span)
            return false
        case .keeping: return daemon.modelsText.isEmpty
        }
    }

    /// Writes on; whether the text is done with.
    private func goOn(with purpose: Purpose, _ budget: inout TurnBudget) -> Bool {
        var filter = ModelFilter()
        if case .answer(let answer) = purpose { filter = answer.filter }
        var array = self.array ?? begin(purpose)
        self.array = array
        let limit = daemon.limits.outputBytesMax
        while next.list < lists.count, text.count <= limit {
            let (backend, models) = lists[next.list]
            guard next.model < models.table.count else {
                next = (next.list + 1, 0)
                continue
            }
            let before = text.count
            let model = models.table.all[next.model]
            next.model += 1
            if filter.admits(model) {
                array.add(daemon.description(of: model, on: backend), to: &text)
            }
            if !budget.spend(text.count - before + Self.modelBytes, of: daemon.loop) {
                self.array = array
                daemon.loop.memory.change(&held, to: text.allocated)
                return false
            }
        }
        end(array, purpose)
        return true
    }

    /// What a model costs beside its text, in bytes of work.
    private static let modelBytes = 32

    private func begin(_ purpose: Purpose) -> ArrayWriter {
        isStale = false
        var backends = daemon.dispatcher.backends
        if case .answer(let answer) = purpose { backends = answer.backends }
        lists = backends.map { ($0, $0.offered) }
        next = (0, 0)
        return ModelsResult.begin(&text)
    }

    private func end(_ array: ArrayWriter, _ purpose: Purpose) {
        switch purpose {
        case .keeping:
            ModelsResult.end(array, failures: nil, &text)
            if isStale { waiting.append(.keeping) } else { daemon.modelsText = text.bytes }
        case .answer(let answer):
            ModelsResult.end(array, failures: answer.failures, &text)
            if answer.listsAll, !isStale { daemon.modelsText = text.bytes }
            // Taken out for the while, so that nothing that is called can meet it half used.
            var written = ByteBuffer()
            swap(&written, &text)
            answer.finish(written.span)
        }
    }

    private func forgetText() {
        text.removeAll(keeping: 0)
        daemon.loop.memory.change(&held, to: 0)
        array = nil
        lists = []
    }
}
