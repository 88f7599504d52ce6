import CrowdModelsProtocol

/// A part of an answer, which has a beginning and an end in the APIs that tell it block by block.
enum Block: Equatable {
    case reasoning, text, refusal
    /// A call, by its place among the calls.
    case call(Int)
}

/// How far a stream of blocks is; part of its tongue.
struct BlockProgress {
    /// The block that is open; the last of `count`.
    fileprivate(set) var open: Block?
    /// Blocks that were begun.
    fileprivate(set) var count = 0
    /// Whether a call was begun: then all but its own arguments waits for the end.
    fileprivate(set) var hasCalls = false
    fileprivate var lateReasoning: [UInt8] = []
    fileprivate var lateText: [UInt8] = []

    /// Bytes of what is told at the end.
    var heldBytes: Int { lateReasoning.count &+ lateText.count }

    /// The place of the open block.
    var index: Int { count - 1 }
}

/// A tongue that tells an answer block by block, one open at a time.
///
/// Servers may tell several calls in turns, a piece of each, and text between them; a block that is
/// ended takes nothing more. So the first call is told as it comes and the others, which the
/// result holds whole, at the end; text behind a call is kept until then.
protocol BlockTongue: Tongue {
    var blocks: BlockProgress { get set }
    /// A block begins; `id` and `name` are those of a call, the inside of strings.
    mutating func begin(
        _ block: Block, id: Span<UInt8>, name: Span<UInt8>, to out: inout ByteBuffer)
    /// More of the block that is open, the inside of a string.
    mutating func goOn(_ block: Block, _ text: Span<UInt8>, to out: inout ByteBuffer)
    /// The open block ends.
    mutating func end(_ block: Block, to out: inout ByteBuffer)
}

extension BlockTongue {
    var heldBytes: Int { blocks.heldBytes }

    /// Tells a piece of the answer.
    mutating func tell(_ delta: Delta, to out: inout ByteBuffer) {
        tell(.reasoning, delta.reasoning, to: &out)
        tell(.text, delta.content, to: &out)
        tell(.refusal, delta.refusal, to: &out)
        if !delta.toolCalls.isEmpty { tell(calls: delta.toolCalls, to: &out) }
    }

    /// Tells what is still to be told of an answer that has ended, and ends the last block.
    mutating func tellRest(of result: ObjectView, to out: inout ByteBuffer) {
        let text = result.text
        if blocks.count == 0 {
            tell(.reasoning, result.inside("reasoning"), to: &out)
            tell(.text, result.inside("content"), to: &out)
            tell(.refusal, result.inside("refusal"), to: &out)
        }
        var place = 0
        var calls = ArrayView(text, at: result.value("tool_calls"))
        while let element = calls.next() {
            if place > 0 || !blocks.hasCalls {
                let call = ObjectView(text, at: element)
                let function = call.object("function")
                begin(
                    .call(place), call.inside("id"),
                    function.inside("name"), to: &out)
                let arguments = function.inside("arguments")
                if !arguments.isEmpty { goOn(.call(place), arguments, to: &out) }
            }
            place += 1
        }
        endOpen(to: &out)
        blocks.hasCalls = false
        let (reasoning, late) = (blocks.lateReasoning, blocks.lateText)
        tell(.reasoning, reasoning.span, to: &out)
        tell(.text, late.span, to: &out)
        endOpen(to: &out)
    }

    private mutating func tell(
        _ block: Block, _ text: Span<UInt8>, to out: inout ByteBuffer
    ) {
        if text.isEmpty { return }
        if blocks.hasCalls {
            unsafe text.withUnsafeBufferPointer {
                if block == .reasoning {
                    unsafe blocks.lateReasoning.append(contentsOf: $0)
                } else {
                    unsafe blocks.lateText.append(contentsOf: $0)
                }
            }
            return
        }
        if blocks.open != block { begin(block, Span(), Span(), to: &out) }
        goOn(block, text, to: &out)
    }

    private mutating func tell(calls: Span<UInt8>, to out: inout ByteBuffer) {
        var elements = ArrayView(calls, at: JSONRange(0, calls.count))
        while let element = elements.next() {
            let call = ObjectView(calls, at: element)
            let function = call.object("function")
            if !blocks.hasCalls {
                let name = calls.inside(function.value("name"))
                begin(.call(0), calls.inside(call.value("id")), name, to: &out)
                blocks.hasCalls = true
            }
            guard call.integer("index") == 0 else { continue }
            let arguments = calls.inside(function.value("arguments"))
            if !arguments.isEmpty { goOn(.call(0), arguments, to: &out) }
        }
    }

    private mutating func begin(
        _ block: Block, _ id: Span<UInt8>, _ name: Span<UInt8>, to out: inout ByteBuffer
    ) {
        endOpen(to: &out)
        blocks.open = block
        blocks.count += 1
        begin(block, id: id, name: name, to: &out)
    }

    private mutating func endOpen(to out: inout ByteBuffer) {
        guard let open = blocks.open else { return }
        blocks.open = nil
        end(open, to: &out)
    }
}
