/// What has happened, told to the scheduler by `take`; that a request came, by `arrived`.
package enum Event: Sendable {
    /// The configuration's word on requests without a model: the default's name, aliases resolved;
    /// empty for none.
    case defaultModel([String])
    /// A backend is new, or was looked at: sent after every look, whatever it saw, since answers
    /// may have taught otherwise in between. One that has not changed costs nothing. Kept apart,
    /// since the others are short and come with each request.
    indirect case backend(BackendFacts)
    /// A backend left the configuration, or a discovered one its port. What runs there may end;
    /// what waits there goes elsewhere or is refused.
    case backendGone(String)
    /// The server itself asks for a pause until then (`x-ratelimit-remaining: 0`).
    case held(backend: String, until: UInt64)
    /// The first token of a request came: its model is loaded, and no other try may follow.
    case firstToken(UInt64)
    /// A try has ended by itself. Unless it was served, `start`, `queue` or `giveUp` follows.
    case ended(UInt64, Verdict)
    /// A request is not wanted any more, waiting or running: cancelled, or its time is over.
    /// Nothing follows. An unknown key is ignored, since a cancel and an end may cross.
    case gone(UInt64)
    /// The daemon stops: all that wait, and all that come, are refused with `stopping`.
    case stopping
}

/// How a try ended.
package enum Verdict: Equatable, Sendable {
    /// The answer is complete; it has so many tokens, 0 where nobody counted.
    case served(tokens: Int)
    /// It failed; with text already passed on, no other try may follow.
    case failed(FailureClass, afterText: Bool)
}
