/// `backends.list`: the model servers the daemon knows.
public enum BackendsListMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []
}
