/// `rpc.discover`: all of this as an OpenRPC document.
public enum DiscoverMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []
}
