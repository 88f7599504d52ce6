import CrowdModelsProtocol

extension WireShapeTests {
    private static let usage = #"{"prompt_tokens":4,"total_tokens":4}"#

    private static let values =
        #"{"count":2,"mean":1.5,"p50":1,"p90":2,"p99":2,"max":2}"#

    private static let parts =
        #"{"parse":{"count":0},"queue":\#(values),"connect":{"count":0},"backend":{"count":0},"#
        + #""relay":{"count":0}}"#

    private static let figures =
        #""requests":{"total":2,"succeeded":1,"failed":1,"cancelled":0,"rejected":0},"#
        + #""tokens":{"prompt":7,"completion":9,"cached":1},"tokens_per_second":{"count":0},"#
        + #""time_to_first_token":\#(values),"inter_token_latency":{"count":0},"#
        + #""latency":{"count":0},"queue_time":{"count":0},"prediction_error":{"count":0},"#
        + #""overhead":{"count":0},"overhead_parts":\#(parts),"errors":{"timeout":1}"#

    private static let process =
        #"{"resident_bytes":9,"open_files":3,"event_loop_delay":\#(values)}"#

    private static let request =
        #"{"key":"r1","client":"uid:1 x","method":"complete","phase":"prompt","age_seconds":0}"#

    private static let backend =
        #"{"name":"b","kind":"openai","endpoint":"http://x","state":"down","#
        + #""origin":"discovered","models":0,"in_flight":0,"queued":0}"#

    private static let model =
        #"{"id":"m","backend":"b","type":"llm","state":"loading","capabilities":[],"aliases":[]}"#

    private static let logLine =
        #"{"time":1.5,"level":"info","message":"m","event":"request_completed","tokens":7}"#

    private static let candidate =
        #"{"backend":"b","model":"m","forbidden":[{"by":"state","message":"it is down"}],"#
        + #""score":{"loaded":1},"predicted_wait_ms":5}"#

    /// Those of what is asked less often than `complete`.
    static let further: [Sample] = [
        Sample(OkResult.self, "Ok", #"{"ok":true}"#),
        Sample(OkResult.self, "Pong", #"{"ok":true}"#),
        Sample(CheckResult.self, "CheckResult", #"{"valid":true}"#),
        Sample(ReloadResult.self, "ReloadResult", #"{"ok":true,"changed":["log.level"]}"#),
        Sample(
            MethodList.self, "MethodList",
            #"{"methods":[{"name":"ping","summary":"Answers at once."}]}"#),
        Sample(
            EmbedResult.self, "EmbedResult",
            #"{"embeddings":[[0.5,-1],[]],"model":"m","backend":"b","usage":\#(usage)}"#),
        Sample(RerankRow.self, "RerankRow", #"{"index":1,"relevance_score":-0.5}"#),
        Sample(
            RerankResult.self, "RerankResult",
            #"{"results":[{"index":1,"relevance_score":0.5}],"model":"m","backend":"b","#
                + #""usage":\#(usage)}"#),
        Sample(
            TokensCountResult.self, "TokensCountResult",
            #"{"prompt_tokens":3,"estimated":true}"#),
        Sample(RouteExplanation.self, "RouteExplanation", #"{"candidates":[\#(candidate)]}"#),
        Sample(StatsDistribution.self, "Distribution", values),
        Sample(StatsOverheadParts.self, "OverheadParts", parts),
        Sample(StatsFigures.self, "StatsScope", "{\(figures)}"),
        Sample(
            StatsResult.self, "StatsResult",
            #"{"window":"5m","uptime_seconds":1.5,"in_flight":1,"queued":2,\#(figures),"#
                + #""backends":{"b":{\#(figures)}},"models":{},"clients":{"uid:0 x":"#
                + #"{\#(figures)}},"process":\#(process)}"#),
        Sample(
            StatsText.self, "StatsText", #"{"content_type":"text/plain","text":"a 1\n"}"#),
        Sample(LogEntry.self, "LogLine", logLine),
        Sample(LogLines.self, "LogLines", #"{"lines":[\#(logLine),\#(logLine)]}"#),
        Sample(
            SubscriptionChange<ModelDescription>.self, "ModelChange",
            #"{"kind":"added","model":\#(model)}"#),
        Sample(
            SubscriptionChange<BackendDescription>.self, "BackendChange",
            #"{"kind":"changed","backend":\#(backend)}"#),
        Sample(
            SubscriptionChange<RequestDescription>.self, "RequestChange",
            #"{"kind":"removed","request":\#(request)}"#),
        Sample(
            SubscriptionEvent.self, "Event",
            #"{"subscription":"s1","seq":1,"topic":"log","data":{"ended":{"reason":"r","#
                + #""limit":"output_bytes_max"}}}"#),
    ]
}
