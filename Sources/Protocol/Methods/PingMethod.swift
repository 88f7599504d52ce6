/// `ping`: whether the daemon is there.
public enum PingMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []
}
