/// Every maximum of what is read of one answer to a generation.
package enum GenerationLimits {
    /// Objects of one event, which are read without a pause: a proxy puts two or three together,
    /// and so many with an id of 4 KiB before each are the mebibyte after which reading waits.
    package static let eventObjectsMax = 256
    /// Bytes of an answer that is one JSON value: the text of 128 Ki tokens takes 1 MiB, and the
    /// log probabilities that some servers add to it unasked ten times as much.
    package static let wholeBytesMax = 16 * 1024 * 1024
    /// Places of letters that are none, which are noted of one JSON value: a letter is cut at the
    /// end of a text, and an event has a text or two. 24 bytes each.
    package static let flawsMax = 4096
    /// Calls in one answer: models make a handful, agents' servers some dozens.
    package static let toolCallsMax = 1024
    /// Letters of a server's sentence that are passed on: a stack trace or a list of models fits,
    /// and a body of megabytes is no sentence.
    package static let wordsMax = 4000
    /// Bytes of an error's body that are read (`error_body_bytes_max`): 4,000 letters escaped as
    /// `\u0000` take 24 KiB, and what stands around them as much again.
    package static let errorBytesMax = 64 * 1024
    /// Letters of a name that a server gives: paths of model files stay below it
    /// (`name_bytes_max`).
    package static let nameBytesMax = 1024
    /// Bytes of `model_info` and `runtime` that are passed on: LM Studio sends some 200.
    package static let detailBytesMax = 16 * 1024
    /// White space that is held back until it is known whether a think tag follows it.
    package static let heldSpaceMax = 256
    /// Tokens that a server may claim: contexts have some 10 million today.
    package static let tokensMax = 1_000_000_000
    /// Tokens a second that a server may claim: the fastest give some thousands.
    package static let tokensPerSecondMax = 1_000_000.0
    /// Seconds that a server may claim: thirty days.
    package static let secondsMax = 2_592_000.0
}
