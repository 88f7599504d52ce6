"""Writes a tiny llama model with random weights, so that a real llama.cpp server has work to do.

Usage: tiny_model.py PATH.gguf [WIDTH]        (needs the package gguf)

One layer, some 80 000 weights, the same ones every time; more where a wider one is to be slower. Its vocabulary is the 256 bytes and a few
characters of several bytes; the weights keep it to what can be printed, and it never ends by
itself, so that only a limit, a stop string or a cancel ends its text.
"""

import sys

import gguf
import numpy

WIDTH = 64
HEADS = 4
CONTEXT = 16384
WORDS = ["▁the", "▁of", "é", "ß", "漢", "字", "🙂", ".", "\n"]

# ChatML, with the tools where a model would read them.
TEMPLATE = r"""
{%- if tools %}
  {{- '<|im_start|>system\n' + (tools | tojson) + '<|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
  {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}{{- '<|im_start|>assistant\n' }}{%- endif %}
""".strip()


def vocabulary():
    """Tokens with their kinds; byte tokens stand for what no other token spells."""
    kinds = gguf.TokenType
    tokens = [("<unk>", kinds.UNKNOWN), ("<s>", kinds.CONTROL), ("</s>", kinds.CONTROL)]
    tokens += [(f"<0x{byte:02X}>", kinds.BYTE) for byte in range(256)]
    tokens += [(word, kinds.NORMAL) for word in WORDS]
    return tokens


def is_printable(token, kind):
    if kind == gguf.TokenType.BYTE:
        return 0x20 <= int(token[3:5], 16) < 0x7F
    return kind == gguf.TokenType.NORMAL


def write(path, width=WIDTH):
    tokens = vocabulary()
    random = numpy.random.default_rng(20260801)

    def weights(rows, columns, scale):
        return (random.standard_normal((rows, columns)) * scale).astype(numpy.float32)

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("tiny-random")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(width)
    writer.add_block_count(1)
    writer.add_feed_forward_length(2 * width)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // HEADS)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token for token, _ in tokens])
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types([kind for _, kind in tokens])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(TEMPLATE)

    # The first component of every embedding is one large number that survives the layer; the
    # output layer turns it into a heavy charge on what cannot be printed.
    embeddings = weights(len(tokens), width, 1.0)
    embeddings[:, 0] = 8.0
    output = weights(len(tokens), width, 0.5)
    output[:, 0] = [0.0 if is_printable(*token) else -20.0 for token in tokens]
    ones = numpy.ones(width, dtype=numpy.float32)
    writer.add_tensor("token_embd.weight", embeddings)
    writer.add_tensor("output_norm.weight", ones)
    writer.add_tensor("output.weight", output)
    writer.add_tensor("blk.0.attn_norm.weight", ones)
    writer.add_tensor("blk.0.ffn_norm.weight", ones)
    # What the layer adds is as large in a wider one.
    scale = 0.1 * (WIDTH / width) ** 0.5
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        writer.add_tensor(f"blk.0.{name}.weight", weights(width, width, scale))
    writer.add_tensor("blk.0.ffn_gate.weight", weights(2 * width, width, scale))
    writer.add_tensor("blk.0.ffn_up.weight", weights(2 * width, width, scale))
    writer.add_tensor("blk.0.ffn_down.weight", weights(width, 2 * width, scale))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    write(sys.argv[1], *map(int, sys.argv[2:]))
