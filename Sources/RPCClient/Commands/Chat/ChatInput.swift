/// What somebody said in a chat: something to the model, or one of the chat's own commands.
enum ChatInput: Equatable {
    case nothing
    case message(String)
    /// `/model` without a name asks which there are.
    case model(String?)
    /// `/system` without a text takes it away.
    case system(String?)
    case save(String)
    case load(String)
    case stats, clear, help, quit
    /// What is wrong with a command.
    case wrong(String)

    /// The commands and what they do, for `/help`.
    static let commands = [
        ("/model [NAME]", "ask another model from now on, or list them"),
        ("/system [TEXT]", "set the system prompt, or take it away"),
        ("/save FILE", "write the conversation to a file"),
        ("/load FILE", "go on with a conversation from a file"),
        ("/clear", "forget what was said"),
        ("/stats", "tokens, speed and times of the last answer"),
        ("/help", "this list"),
        ("/quit", "end the chat; so does Ctrl-D"),
    ]

    init(_ text: String) {
        let trimmed = Self.trimmed(text)
        guard trimmed.first == "/", trimmed.dropFirst().first?.isLetter == true,
            !trimmed.prefix(while: { !$0.isWhitespace }).dropFirst().contains("/")
        else {
            let message = Self.withoutQuotes(trimmed)
            self = message.isEmpty ? .nothing : .message(message)
            return
        }
        let word = trimmed.prefix { !$0.isWhitespace }
        let rest = Self.trimmed(String(trimmed.dropFirst(word.count)))
        let argument = rest.isEmpty ? nil : rest
        switch word {
        case "/model": self = .model(argument)
        case "/system": self = .system(argument)
        case "/save": self = argument.map(ChatInput.save) ?? .wrong("/save needs a file")
        case "/load": self = argument.map(ChatInput.load) ?? .wrong("/load needs a file")
        case "/stats": self = .stats
        case "/clear": self = .clear
        case "/help", "/h", "/?": self = .help
        case "/quit", "/exit", "/bye", "/q": self = .quit
        default: self = .wrong("there is no \(word); /help lists what there is")
        }
    }

    /// Whether Enter ends the text: three quotes open one of several lines, three more close it.
    static func isWhole(_ text: String) -> Bool {
        let trimmed = trimmed(text)
        guard trimmed.hasPrefix(quotes) else { return true }
        return trimmed.count >= 2 * quotes.count && trimmed.hasSuffix(quotes)
    }

    private static let quotes = "\"\"\""

    private static func withoutQuotes(_ text: String) -> String {
        guard text.hasPrefix(quotes), isWhole(text) else { return text }
        return trimmed(String(text.dropFirst(quotes.count).dropLast(quotes.count)))
    }

    private static func trimmed(_ text: String) -> String {
        let head = text.drop { $0.isWhitespace }
        return String(String(head.reversed()).drop { $0.isWhitespace }.reversed())
    }
}
