@testable import Backends

/// A server that says 404 to all but what it is told to know.
struct ListedServer {
    var answers: [String: (status: Int, body: String)]
    var asked: [String] = []
    /// How long is gone on with an answer.
    var hasTime: (Int) -> Bool = { _ in true }

    init(_ answers: [String: String]) {
        self.answers = answers.mapValues { (200, $0) }
    }

    /// A whole look at it.
    mutating func look(_ listing: inout Listing) -> Listing.Step {
        asked = []
        var step = listing.begin()
        while case .ask(let path) = step {
            asked.append(path)
            let answer = answers[path] ?? (404, #"{"detail":"Not Found"}"#)
            step = listing.take(
                status: answer.status, location: nil, Array(answer.body.utf8).span)
            while step == .unfinished { step = listing.resume(hasTime) }
        }
        return step
    }
}
