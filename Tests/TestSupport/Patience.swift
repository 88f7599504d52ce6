import Glibc

/// How much longer than on an idle machine everything may take. Sanitizers make a program several
/// times slower.
public enum Patience {
    /// `CROWD_MODELS_TEST_PATIENCE`; 1 if it is not set.
    public static let factor: Double = {
        guard let text = getenv("CROWD_MODELS_TEST_PATIENCE") else { return 1 }
        return max(Double(String(cString: text)) ?? 1, 1)
    }()
}
