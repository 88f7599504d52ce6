/// Which release of Crowd Models Executor this is; daemon and client are always released together.
public enum Release {
    /// Semantic version; `status` and both programs' `--version` say it.
    public static let version = "0.1.0"
}
