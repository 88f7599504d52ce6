import CrowdModelsProtocol
import Testing

@Suite struct StringSearchTests {
    @Test(arguments: ["a", "ana", "nan", "banana", "Bäume", "äu", "", "😀"])
    func `a part is found wherever it stands`(part: String) {
        #expect(part.contains(part))
        #expect("banana Bäume 😀".contains(part))
        #expect("x\(part)"[...].contains(part))
        #expect("\(part)x".contains(part))
    }

    @Test(arguments: ["nab", "bananaa", "bananas", "b😀", "Baume", "\u{0}"])
    func `what does not stand there is not found`(part: String) {
        #expect(!"banana Bäume 😀".contains(part))
        #expect(!"".contains(part))
    }
}
