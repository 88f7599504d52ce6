import CrowdModelsProtocol
import HTTP
import TestSupport
import Testing

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
