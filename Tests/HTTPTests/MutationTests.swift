import CrowdModelsProtocol
import HTTP
import Testing

/// A generator whose every run is the same (xorshift64*).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// `sample` with up to four bytes changed, doubled, dropped or taken from elsewhere in it.
    mutating func mutant(of sample: [UInt8]) -> [UInt8] {
        var bytes = sample
        let favourites: [UInt8] = [0, 9, 10, 13, 32, 45, 48, 57, 58, 59, 70, 127, 128, 255]
        for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
            let at = Int.random(in: bytes.indices, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes[at] = favourites.randomElement(using: &self)!
            case 2: bytes.insert(bytes.randomElement(using: &self)!, at: at)
            case 3: bytes.removeSubrange(at..<min(at + 3, bytes.count))
            default: bytes.insert(contentsOf: bytes[at..<min(at + 20, bytes.count)], at: at)
            }
        }
        return bytes
    }

    /// `bytes` cut at random.
    mutating func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var at = 0
        while at < bytes.count {
            let end = min(at + Int.random(in: 1...40, using: &self), bytes.count)
            pieces.append(bytes[at..<end])
            at = end
        }
        return pieces
    }
}

struct MutationTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `a damaged answer is read or refused, the same however it is cut`(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var refused = 0
        for sample in answerSamples {
            for _ in 0..<60 {
                let mutant = random.mutant(of: Array(sample.text.utf8))
                let whole = play([mutant[...]])
                let cut = play(random.pieces(of: mutant))
                #expect(cut == whole, "\(String(decoding: mutant, as: UTF8.self).debugDescription)")
                #expect(whole.hasEnded != (whole.error != nil))
                #expect(whole.body.utf8.count + whole.rest.utf8.count <= mutant.count * 3)
                if whole.error != nil { refused += 1 }
            }
        }
        #expect(refused > 100)
    }

    @Test(arguments: [5, 6, 7, 8] as [UInt64])
    func `a damaged stream is read the same however it is cut`(seed: UInt64) {
        var random = SeededGenerator(state: seed)
        var events = 0
        for sample in streamSamples {
            for _ in 0..<60 {
                let mutant = random.mutant(of: Array(sample.text.utf8))
                let whole = EventTape(mutant)
                let cut = EventTape(pieces: random.pieces(of: mutant))
                #expect(cut == whole, "\(String(decoding: mutant, as: UTF8.self).debugDescription)")
                #expect(whole.error == nil)
                events += whole.events.count
            }
        }
        #expect(events > 500)
    }

    @Test func `noise is refused within the first bytes`() {
        var random = SeededGenerator(state: 9)
        for _ in 0..<500 {
            let noise = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(play([noise[...]]).error == .notHTTP)
        }
    }
}
