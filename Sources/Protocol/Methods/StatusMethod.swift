/// `status`: what the daemon is and how it fares.
public enum StatusMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []
}
