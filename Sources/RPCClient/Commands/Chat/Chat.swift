import CrowdModelsProtocol
import Glibc
import Link
import Screen

/// A conversation from its first word to its end.
final class Chat {
    private let session: Session
    /// Nil where the daemon has gone: a chat outlives it, and asks the next one.
    private var connection: DaemonConnection?
    private let base: CompletionParameters
    private let reader = ChatReader()
    private var conversation = Conversation()
    /// Names the conversation to the daemon, so that its requests go where its prompt is cached.
    private let name = "chat-\(getpid())-\(MonotonicTime.now)"
    private var style: Style { session.output.layout.style }

    init(_ session: Session) throws(Failure) {
        self.session = session
        base = try CompletionParameters(session.invocation, isChat: true)
        connection = try session.connect()
        conversation.model = base.model
        conversation.system = session.invocation["system"]
        if let path = session.invocation["messages"] { try load(path) }
    }

    /// Until Ctrl-D, `/quit`, or a second Ctrl-C where nothing was typed.
    func run() throws(Failure) {
        defer { TerminalMode.leave() }
        // What is typed before the first prompt is the editor's, Enter and all.
        if reader.isEditing { _ = TerminalMode.enter(.answering) }
        if reader.isInteractive {
            try attempt { () throws(Failure) in try lookUpModel() }
            say("\(conversation.model ?? "the daemon's choice of model"); /help says what else")
        }
        if !session.words.isEmpty { try hear(session.words.joined(separator: " ")) }
        var wasInterrupted = false
        while true {
            switch try reader.next() {
            case .ended: return
            case .interrupted:
                if wasInterrupted { throw Failure(.interrupted, "interrupted") }
                wasInterrupted = true
                say("once more, /quit or Ctrl-D to end the chat")
            case .text(let text):
                wasInterrupted = false
                let input = ChatInput(text)
                if input == .quit { return }
                try hear(input)
            }
        }
    }

    private func hear(_ text: String) throws(Failure) { try hear(ChatInput(text)) }

    private func hear(_ input: ChatInput) throws(Failure) {
        // What is typed meanwhile is not shown, and Ctrl-C stops the answer.
        if reader.isEditing { _ = TerminalMode.enter(.answering) }
        switch input {
        case .nothing, .quit: break
        case .message(let text): try ask(text)
        case .model(let name): try choose(name)
        case .system(let text):
            conversation.system = text
            say(text == nil ? "no system prompt from now on" : "the system prompt is set")
        case .save(let path): try attempt { () throws(Failure) in try save(path) }
        case .load(let path): try attempt { () throws(Failure) in try load(path) }
        case .stats: for line in conversation.statistics { say(line) }
        case .clear:
            conversation.clear()
            say("what was said is forgotten")
        case .help:
            var listing = Listing()
            for (command, summary) in ChatInput.commands { listing.append(command, summary) }
            let lines = listing.lines(Layout(width: session.output.layout.width))
            for line in lines { say(line) }
            say("several lines: Alt-Enter, a \\ at the end, or between two \"\"\"")
            say("Ctrl-C stops an answer; the arrows bring back what was said")
        case .wrong(let words): ErrorOutput.note(words)
        }
    }

    /// Asks, and prints the answer; what goes wrong is told and does not end the chat.
    private func ask(_ text: String) throws(Failure) {
        let parameters = base.asking(
            conversation.asking(text), model: conversation.model, session: name)
        var completion: Completion?
        defer { if !reader.isEditing { Interruption.forget() } }
        try attempt { () throws(Failure) in
            do throws(Failure) {
                let asked = Completion(session, on: try connected(), parameters)
                completion = asked
                let result = try asked.run()
                conversation.keep(text, result.content, result)
            } catch {
                if let content = completion?.content, !content.isEmpty {
                    conversation.keep(text, content, Optional.none)
                }
                throw error
            }
        }
        if reader.isInteractive { ErrorOutput.write("\n") }
    }

    private func choose(_ name: String?) throws(Failure) {
        try attempt { () throws(Failure) in
            let models = try models()
            guard let name else {
                session.output.append(lines: ModelsView.lines(models, session.output.layout))
                return try session.output.flush()
            }
            let found = try model(name, among: models)
            conversation.model = found
            say("\(found) from now on")
        }
    }

    /// Whoever named a model by a part of its name sees which that is, and whoever named none that
    /// is there hears it before the first word; it may come later.
    private func lookUpModel() throws(Failure) {
        guard let name = conversation.model else { return }
        conversation.model = try model(name, among: try models())
    }

    /// The models that one can talk with.
    private func models() throws(Failure) -> [ModelDescription] {
        let connection = try connected()
        let id = try connection.send("\(Method.modelsList.name)")
        let list = try ModelsResult(answer: try connection.result(of: id))
        return list.models.filter(ModelChoice.canChat)
    }

    private func model(
        _ name: String, among models: [ModelDescription]
    ) throws(Failure) -> String {
        if ModelChoice.model(name, among: models) != nil { return name }
        if let found = try ModelChoice.find(name, among: models) { return found }
        throw Failure(.failed, "there is no model \(name); /model lists them")
    }

    private func save(_ path: String) throws(Failure) {
        try OutputFile.write(conversation.json.text + "\n", to: path)
        say("saved to \(path)")
    }

    private func load(_ path: String) throws(Failure) {
        if let problem = conversation.load(try InputFile.json(path)) {
            throw Failure(.badData, "\(path): \(problem)")
        }
        say(Units.count(conversation.json["messages"]?.arrayValue?.count ?? 0, "message"))
    }

    /// What goes wrong with a command is told; only a chat without a person ends by it.
    private func attempt(_ body: () throws(Failure) -> Void) throws(Failure) {
        do throws(Failure) {
            try body()
        } catch {
            let isGone = error.answer == nil && error.code == .unavailable
            let isUnread = error.answer == nil && error.code == .cannotCreate
            if !reader.isInteractive || isUnread { throw error }
            if isGone { connection = nil }
            if error.code == .interrupted { return say("stopped") }
            ErrorOutput.note(isGone ? error.adding(Self.goesOn).message : error.message)
        }
    }

    private static let goesOn = "the chat goes on, with all that was said"

    /// The connection, made anew where the daemon had gone.
    private func connected() throws(Failure) -> DaemonConnection {
        if let connection { return connection }
        let made = try session.connect()
        connection = made
        return made
    }

    /// A remark of the chat itself.
    private func say(_ text: String) {
        guard reader.isInteractive else { return ErrorOutput.note(text) }
        ErrorOutput.line(Printable.escaping(text), paint: style.dim)
    }
}
