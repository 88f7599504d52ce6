/// `requests.list`: what is queued and running, of all connections.
public enum RequestsListMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []
}
