extension Method {
    /// What a call takes, in the order of a call by position. Costs no allocation.
    public var parameters: [Parameter] {
        switch self {
        case .ping: PingMethod.parameters
        case .status: StatusMethod.parameters
        case .help: HelpMethod.parameters
        case .check: CheckMethod.parameters
        case .discover: DiscoverMethod.parameters
        case .modelsList: ModelsListMethod.parameters
        case .modelsGet: ModelsGetMethod.parameters
        case .modelsRefresh: ModelsRefreshMethod.parameters
        case .backendsList: BackendsListMethod.parameters
        case .complete: CompleteMethod.parameters
        case .cancel: CancelMethod.parameters
        case .cancelRequest: CancelRequestMethod.parameters
        case .requestsList: RequestsListMethod.parameters
        case .requestsCancel: RequestsCancelMethod.parameters
        case .stats: StatsMethod.parameters
        case .subscribe: SubscribeMethod.parameters
        case .unsubscribe: UnsubscribeMethod.parameters
        case .configGet: ConfigGetMethod.parameters
        }
    }
}
