/// `cancel`: stops a request of this connection.
public enum CancelMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("id", .identifier, "The id of the request to stop, as it was sent.")
    ]
}
