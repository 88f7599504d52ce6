package import Metrics
package import Scheduling
package import Sessions

/// One try of a job on one server: the exchange, and what was heard.
///
/// The job keeps it from its start until the next try or its own end; the exchange keeps it while
/// bytes may come. What it hears it tells its job, and after `drop` nothing more.
package protocol Attempt: AnyObject {
    /// What is known of the answer so far.
    var numbers: GenerationNumbers { get }
    /// Tokens that were produced, as far as is known.
    var completionTokens: Int? { get }
    /// The model's architecture, where the server told it.
    var arch: String? { get }
    /// Pieces of the answer so far; 0 where it is asked for whole.
    var deltas: Int { get }
    /// What is not as it was asked; known at the end.
    var warnings: [CompletionWarning] { get }
    /// The letters of the text so far; empty where the answer is asked for whole.
    var contentText: String { get }
    /// Sends the request. Whatever fails, fails later.
    func begin()
    /// The caller has caught up: reads on.
    func resume()
    /// Not wanted any more: closes the connection at once.
    func drop()
    /// Answers with the result; as `isCancelled` with what has come so far.
    func succeed(_ reply: any Reply, isCancelled: Bool)
}

extension Attempt {
    package var completionTokens: Int? { numbers.completionTokens }
    package var arch: String? { nil }
}

/// What is asked of a model server, whatever it is: its parameters, and how it is tried.
///
/// It owns the text it came as for as long as its job lives.
package protocol Work: AnyObject {
    /// The method it was called by.
    var method: String { get }
    /// Bytes of the text it came as.
    var byteCount: Int { get }
    /// The model as its caller names it; nil where none was named.
    var wantedModel: String? { get }
    /// Its label for statistics; nil for none.
    var tag: String? { get }
    /// Whether its caller wants `complete.progress`.
    var wantsProgress: Bool { get }
    /// Whether its caller gets the answer piece by piece.
    var isStream: Bool { get }
    /// What its caller gave to find it by in logs (W3C Trace Context); nil for none.
    var traceparent: String? { get }
    /// What is asked, as others count it; nil for what is no use of a model, such as its load.
    var operation: Operation? { get }
    /// A try of it that was not begun yet.
    func attempt(
        of job: RequestJob, on backend: Backend, _ placement: consuming Placement
    ) -> any Attempt
}
