#!/usr/bin/env python3
"""What Prometheus is told, read by its own parser: the seven histograms of OpenTelemetry's
conventions for generative AI, by the letter, and as many requests and tokens as were served."""

import importlib.metadata

import environment
from connection import Connection
from programs import Daemon, Folder, Simulator
from verdict import check, conclude

SECONDS = [0.01 * 2 ** n for n in range(14)]
BOUNDS = {
    "gen_ai_client_token_usage": [4 ** n for n in range(14)],
    "gen_ai_client_operation_duration_seconds": SECONDS,
    "gen_ai_client_operation_time_to_first_chunk_seconds": SECONDS,
    "gen_ai_client_operation_time_per_output_chunk_seconds": SECONDS,
    "gen_ai_server_request_duration_seconds": SECONDS,
    "gen_ai_server_time_per_output_token_seconds": [
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.5],
    "gen_ai_server_time_to_first_token_seconds": [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0],
}
REQUIRED = {"gen_ai_operation_name", "gen_ai_provider_name", "gen_ai_request_model",
            "server_address", "server_port"}


def main():
    environment.enter("prometheus-client")
    from prometheus_client.parser import text_string_to_metric_families

    print("prometheus-client", importlib.metadata.version("prometheus-client"))
    with Folder() as folder, Simulator(folder, "--token-rate", "500") as simulator, \
            Daemon(folder, f'name = "lmstudio"\nendpoint = "{simulator.url}"') as daemon:
        client = Connection(daemon.socket)
        client.call("models.refresh")
        for _ in range(3):
            client.call("complete", prompt="tokens:20")
        for _ in range(2):
            client.call("complete", deltas=[], prompt="tokens:30", stream=True)
        answer = client.call("stats", format="prometheus")
        check(answer["content_type"] == "text/plain; version=0.0.4", "the media type", answer)
        families = {family.name: family
                    for family in text_string_to_metric_families(answer["text"])}
        inspect(families)
        totals = client.call("stats", window="total")
        compare(families, totals)


def inspect(families):
    for name, bounds in BOUNDS.items():
        check(name in families, f"{name} is there", sorted(families))
        family = families[name]
        check(family.type == "histogram", f"{name} is a histogram", family.type)
        series = {}
        for sample in family.samples:
            labels = dict(sample.labels)
            bound = labels.pop("le", None)
            key = tuple(sorted(labels.items()))
            series.setdefault(key, {})[bound or sample.name] = sample.value
            check(REQUIRED <= labels.keys(), f"{name} has its labels", labels)
        for key, values in series.items():
            found = sorted(float(bound) for bound in values
                           if bound not in (f"{name}_sum", f"{name}_count"))
            same = all(abs(a - b) < 1e-9 * b for a, b in zip(found, bounds))
            check(same and len(found) > len(bounds), f"{name} has its bounds", found)
            check(found[-1] == float("inf"), f"{name} ends with +Inf", found)
            counts = [values[bound] for bound in sorted(
                (bound for bound in values if not bound.startswith(name)), key=float)]
            check(counts == sorted(counts), f"{name} is cumulative", counts)
            check(counts[-1] == values[f"{name}_count"], f"{name} counts all", counts)


def total(family, suffix, **labels):
    return sum(sample.value for sample in family.samples if sample.name == family.name + suffix
               and labels.items() <= sample.labels.items())


def compare(families, stats):
    usage = families["gen_ai_client_token_usage"]
    for kind, name in [("input", "prompt"), ("output", "completion")]:
        check(total(usage, "_sum", gen_ai_token_type=kind) == stats["tokens"][name],
              f"as many {kind} tokens as stats has", stats["tokens"])
    durations = families["gen_ai_server_request_duration_seconds"]
    check(total(durations, "_count") == 5, "each request once")
    first = families["gen_ai_server_time_to_first_token_seconds"]
    check(total(first, "_count") == 2, "a first token for streams alone")
    chunks = families["gen_ai_client_operation_time_per_output_chunk_seconds"]
    check(total(chunks, "_count") == 2 * 29, "every chunk after the first")


if __name__ == "__main__":
    conclude(main, 900)
