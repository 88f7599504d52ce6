package import CrowdModelsProtocol

/// One request as a value: what goes out, and how much of the answer is wanted in which form.
package struct HTTPRequest: ~Copyable {
    /// How the body of the answer is handed out.
    package enum Delivery: Equatable, Sendable {
        /// Whole, at the end.
        case whole
        /// In pieces, as they come.
        case pieces
    }

    package let head: HTTPRequestHead
    /// What follows the head; empty if the head was prepared for requests without a body.
    package var body: ByteBuffer
    package var delivery: Delivery
    /// Bytes of a whole answer that are kept; a longer one fails. Pieces are not counted.
    package var answerBytesMax = HTTPLimits.answerBytesMax
    /// Bytes of an answer without success that are read: it ends there as if there were no more.
    package var errorBytesMax = HTTPLimits.errorBytesMax

    /// A request without a body.
    package init(_ head: HTTPRequestHead, delivery: Delivery = .whole) {
        self.init(head, body: ByteBuffer(), delivery: delivery)
    }

    /// A request with a body, of no bytes too where the head was prepared for one.
    package init(
        _ head: HTTPRequestHead, body: consuming ByteBuffer, delivery: Delivery = .whole
    ) {
        self.head = head
        self.body = body
        self.delivery = delivery
    }
}
