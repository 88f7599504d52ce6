/// A generator whose every run is the same (xorshift64*).
package struct SeededGenerator: RandomNumberGenerator {
    package var state: UInt64

    package init(state: UInt64) {
        self.state = state
    }

    package mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// `sample` with up to four bytes changed, doubled, dropped or taken from elsewhere in it.
    package mutating func mutant(of sample: [UInt8]) -> [UInt8] {
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
    package mutating func pieces(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
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
