/// `config.get`: the configuration in force.
public enum ConfigGetMethod {
    /// What a call takes, in the order of a call by position.
    public static let parameters: [Parameter] = []
}
