/// Who goes first where nothing else decides: somebody waits for an answer, or nobody does.
package enum Priority: UInt8, Sendable {
    case interactive
    case batch
}
