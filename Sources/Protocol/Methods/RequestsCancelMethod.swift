/// `requests.cancel`: stops a request of any connection.
public enum RequestsCancelMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("key", .string, "The request's `key` in `requests.list`.")
    ]
}
