"""Runs the llama.cpp server that the package xllamacpp carries, until standard input ends.

Usage: llama_server.py MODEL.gguf ADDRESS SLOTS CONTEXT [KEY | --embedding | --reranking]

ADDRESS is a port, HOST:PORT or the path of a Unix socket that ends in .sock, CONTEXT the tokens of
each slot.
Prints `listening` when it answers. Ending with its parent's pipe, it never outlives a test.
"""

import os
import sys

import xllamacpp


def main():
    model, address = sys.argv[1:3]
    slots, context = map(int, sys.argv[3:5])
    parameters = xllamacpp.CommonParams()
    parameters.model.path = model
    host, _, port = address.rpartition(":")
    if port.isdigit():
        parameters.hostnames = [host or "127.0.0.1"]
        parameters.port = int(port)
    else:
        parameters.hostnames = [address]
    parameters.n_parallel = slots
    parameters.n_ctx = context * slots
    parameters.kv_unified = False
    parameters.endpoint_slots = True
    parameters.endpoint_metrics = True
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    parameters.warmup = False
    poolings = {
        "--embedding": xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN,
        "--reranking": xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_RANK,
    }
    keys = sys.argv[5:]
    if keys and keys[0] in poolings:
        parameters.embedding = True
        parameters.pooling_type = poolings[keys.pop(0)]
    parameters.api_keys = keys
    server = xllamacpp.Server(parameters)
    print("listening", server.listening_address, flush=True)
    sys.stdin.read()
    # Its threads may be in the middle of a generation: nothing here is worth waiting for.
    os._exit(0)


main()
