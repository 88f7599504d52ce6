import CrowdModelsProtocol
import Link

extension Command {
    static let cancel = Command(
        "cancel", "cancel a request, yours or one you may", arguments: "KEY", words: 1...1,
        details: "KEY is from `crowd-models requests`. Exit 1 if there is no such request.",
        examples: ["crowd-models cancel 17"]
    ) { (session) throws(Failure) in
        let key = session.words[0]
        let answer = try session.call(.requestsCancel, ["key": .string(key)])
        let isCancelled = answer["cancelled"]?.boolValue == true
        if session.isJSON { session.output.appendLine(json: answer) }
        try session.output.flush()
        if !isCancelled {
            throw Failure(
                .failed, "there is no request \(key); crowd-models requests lists them")
        }
    }
}
