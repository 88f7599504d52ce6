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
        case .modelsLoad: ModelsLoadMethod.parameters
        case .modelsUnload: ModelsUnloadMethod.parameters
        case .backendsList: BackendsListMethod.parameters
        case .embed: EmbedMethod.parameters
        case .rerank: RerankMethod.parameters
        case .tokensCount: TokensCountMethod.parameters
        case .complete: CompleteMethod.parameters
        case .cancel: CancelMethod.parameters
        case .cancelRequest: CancelRequestMethod.parameters
        case .cancelRequestACP: CancelRequestACPMethod.parameters
        case .cancelled: CancelledMethod.parameters
        case .requestsList: RequestsListMethod.parameters
        case .requestsCancel: RequestsCancelMethod.parameters
        case .routeExplain: RouteExplainMethod.parameters
        case .stats: StatsMethod.parameters
        case .subscribe: SubscribeMethod.parameters
        case .unsubscribe: UnsubscribeMethod.parameters
        case .configGet: ConfigGetMethod.parameters
        case .configReload: ConfigReloadMethod.parameters
        case .shutdown: ShutdownMethod.parameters
        case .initialize: InitializeMethod.parameters
        case .initialized: InitializedMethod.parameters
        case .serverDiscover: ServerDiscoverMethod.parameters
        case .toolsList: ToolsListMethod.parameters
        case .toolsCall: ToolsCallMethod.parameters
        }
    }

    /// All that there is to know of it.
    public var description: MethodDescription {
        switch self {
        case .ping: PingMethod.description
        case .status: StatusMethod.description
        case .help: HelpMethod.description
        case .check: CheckMethod.description
        case .discover: DiscoverMethod.description
        case .modelsList: ModelsListMethod.description
        case .modelsGet: ModelsGetMethod.description
        case .modelsRefresh: ModelsRefreshMethod.description
        case .modelsLoad: ModelsLoadMethod.description
        case .modelsUnload: ModelsUnloadMethod.description
        case .backendsList: BackendsListMethod.description
        case .embed: EmbedMethod.description
        case .rerank: RerankMethod.description
        case .tokensCount: TokensCountMethod.description
        case .complete: CompleteMethod.description
        case .cancel: CancelMethod.description
        case .cancelRequest: CancelRequestMethod.description
        case .cancelRequestACP: CancelRequestACPMethod.description
        case .cancelled: CancelledMethod.description
        case .requestsList: RequestsListMethod.description
        case .requestsCancel: RequestsCancelMethod.description
        case .routeExplain: RouteExplainMethod.description
        case .stats: StatsMethod.description
        case .subscribe: SubscribeMethod.description
        case .unsubscribe: UnsubscribeMethod.description
        case .configGet: ConfigGetMethod.description
        case .configReload: ConfigReloadMethod.description
        case .shutdown: ShutdownMethod.description
        case .initialize: InitializeMethod.description
        case .initialized: InitializedMethod.description
        case .serverDiscover: ServerDiscoverMethod.description
        case .toolsList: ToolsListMethod.description
        case .toolsCall: ToolsCallMethod.description
        }
    }
}
