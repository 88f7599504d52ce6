/// Where the params of a long line have their parts, found while the line was validated, so that
/// whoever checks them afterwards need not walk through megabytes again.
///
/// It is shared, and never changes: a call is passed through many hands, and most have none.
public final class ParamsSurvey: Sendable {
    /// One member or element of the params.
    struct Entry: Sendable {
        /// The name's token; absent in params by position.
        var name = JSONRange.absent
        var nameHasEscape = false
        var value = JSONRange.absent
        /// What its elements are, where it is an array.
        var elements = JSONKinds()
    }

    /// The first of them, one more than any method takes.
    let entries: [Entry]
    /// What is to be said of the member that `complete` calls `messages`.
    let messages: MessagesCheck
    /// The first members of what `complete` calls `options`, one more than it may have.
    let options: [JSONMember]
    /// The first members of `_meta`.
    let meta: [JSONMember]
    /// The params of the call that `check` is asked about; nil where there are none.
    public let ofChecked: ParamsSurvey?

    init(_ scan: ParamsScan) {
        entries = scan.entries
        messages = scan.messages
        options = scan.options
        meta = scan.meta
        ofChecked = scan.checked.first.map { ParamsSurvey($0) }
    }
}
