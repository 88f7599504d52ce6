/// `$/cancelRequest`: `cancel` under the name that language servers gave it.
public enum CancelRequestMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = [
        .required("id", .identifier, "The id of the request to stop, as it was sent.")
    ]
}
