/// Words of ollama, lms, docker and others, and what does the same here.
enum OtherWords {
    /// What to say to somebody who typed such a word; nil for any other.
    static func hint(_ word: String) -> String? {
        guard let words = words[word] else { return nil }
        return "here it is: crowd-models \(words)"
    }

    private static let fetched =
        "models; to fetch or remove one is its server's own work, such as: lms get, ollama pull"

    private static let words = [
        "ls": "models", "list": "models", "tags": "models",
        "ps": "requests, or: crowd-models models --state loaded",
        "run": "complete -m MODEL PROMPT", "ask": "complete PROMPT", "generate": "complete PROMPT",
        "prompt": "complete PROMPT", "logs": "events log", "log": "events log",
        "version": "--version", "info": "status", "inspect": "show MODEL",
        "stop": "unload MODEL, or for a request: crowd-models cancel KEY", "kill": "cancel KEY",
        "pull": fetched, "get": fetched, "download": fetched, "rm": fetched, "server": "status",
        "serve": "status (the daemon is crowd-models-executor)",
        "start": "status (the daemon is crowd-models-executor)",
        "metrics": "stats --prometheus", "follow": "events", "watch": "events",
    ]
}
