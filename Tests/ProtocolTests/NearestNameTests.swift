import CrowdModelsProtocol
import Testing

@Suite struct NearestNameTests {
    @Test(
        arguments: [
            ("modle", "model"), ("pnig", "ping"), ("Temperture", "temperature"),
            ("temp", "temperature"),
            ("xmodel", "model"), ("qwertz", nil), ("", nil),
        ] as [(String, String?)])
    func `a slip of the pen finds what was meant, and nothing finds nothing`(
        name: String, nearest: String?
    ) {
        #expect(NearestName.to(name, among: ["ping", "model", "temperature"]) == nearest)
    }
}
