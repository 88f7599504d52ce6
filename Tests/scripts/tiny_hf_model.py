"""Writes the folder of a tiny llama model with random weights, as Hugging Face's libraries read it.

Usage: tiny_hf_model.py FOLDER        (needs the packages tokenizers, numpy and safetensors)

As `tiny_model.py` beside it writes one: a layer, bytes as tokens, only what can be printed, and no
end of its own.
"""

import json
import pathlib
import sys

import numpy
from safetensors.numpy import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

WIDTH = 64
HEADS = 4
HIDDEN = 128
CONTEXT = 2048
TEMPLATE = (
    "{% for message in messages %}<|{{ message.role }}|>{{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}")


def write(folder):
    folder.mkdir(parents=True, exist_ok=True)
    special = ["<unk>", "<s>", "</s>"]
    tokens = special + sorted(pre_tokenizers.ByteLevel.alphabet())
    numbers = {token: number for number, token in enumerate(tokens)}
    tokenizer = Tokenizer(models.BPE(vocab=numbers, merges=[], unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(special[1:])
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<s>", "eos_token": "</s>",
        "unk_token": "<unk>", "chat_template": TEMPLATE, "model_max_length": CONTEXT}))
    (folder / "config.json").write_text(json.dumps({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
        "hidden_size": WIDTH, "num_hidden_layers": 1, "intermediate_size": HIDDEN,
        "num_attention_heads": HEADS, "num_key_value_heads": HEADS, "rms_norm_eps": 1e-5,
        "vocab_size": len(tokens), "max_position_embeddings": CONTEXT, "rope_theta": 10000.0,
        "tie_word_embeddings": False, "bos_token_id": 1, "eos_token_id": 2,
        "torch_dtype": "float32"}))
    save_file(weights(tokens), str(folder / "model.safetensors"), metadata={"format": "pt"})


def weights(tokens):
    random = numpy.random.default_rng(20260801)

    def some(rows, columns, scale):
        return (random.standard_normal((rows, columns)) * scale).astype(numpy.float32)

    def is_printable(token):
        return len(token) == 1 and 0x20 < ord(token) < 0x7F

    # The first component of every embedding is one large number that survives the layer; the
    # output layer turns it into a heavy charge on what cannot be printed.
    embeddings = some(len(tokens), WIDTH, 1.0)
    embeddings[:, 0] = 8.0
    output = some(len(tokens), WIDTH, 0.5)
    output[:, 0] = [0.0 if is_printable(token) else -20.0 for token in tokens]
    ones = numpy.ones(WIDTH, dtype=numpy.float32)
    layer = "model.layers.0."
    tensors = {
        "model.embed_tokens.weight": embeddings, "model.norm.weight": ones,
        "lm_head.weight": output, layer + "input_layernorm.weight": ones,
        layer + "post_attention_layernorm.weight": ones,
        layer + "mlp.gate_proj.weight": some(HIDDEN, WIDTH, 0.1),
        layer + "mlp.up_proj.weight": some(HIDDEN, WIDTH, 0.1),
        layer + "mlp.down_proj.weight": some(WIDTH, HIDDEN, 0.1),
    }
    for name in "qkvo":
        tensors[f"{layer}self_attn.{name}_proj.weight"] = some(WIDTH, WIDTH, 0.1)
    return tensors


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]))
