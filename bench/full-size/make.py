"""Folders with the names, dtypes and shapes of published models, and zeros for values.

usage: python bench/full-size/make.py OUT [dev] [schnell] [clip]

Writes OUT/FLUX.1-dev, OUT/FLUX.1-schnell and OUT/clip-vit-large-patch14 from the listings of diffusers' and transformers' own
classes, made on the meta device with the published configurations. Files are sparse: 34 GB by name take some megabytes on the
disk. Sharded as published; CLIP with the integer position_ids that files from before transformers 4.31 have. The verifier's
projections and last norms are not zero, for the cosine of zeros is undefined. Needs torch, transformers and diffusers.
"""

import json
import pathlib
import struct
import sys

import torch
from diffusers import AutoencoderKL, FluxTransformer2DModel
from transformers import CLIPConfig, CLIPModel, CLIPTextConfig, CLIPTextModel, T5Config, T5EncoderModel

NAMES = {torch.bfloat16: "BF16", torch.float32: "F32", torch.int64: "I64"}
TEXT = dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, hidden_act="quick_gelu",
            projection_dim=768, eos_token_id=2, bos_token_id=0, pad_token_id=1)
VISION = dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24, num_attention_heads=16, patch_size=14,
              hidden_act="quick_gelu", projection_dim=768)
T5_XXL = dict(d_model=4096, d_kv=64, d_ff=10240, num_layers=24, num_heads=64, feed_forward_proj="gated-gelu",
              vocab_size=32128, tie_word_embeddings=False)
VAE = dict(in_channels=3, out_channels=3, block_out_channels=[128, 256, 512, 512], layers_per_block=2, latent_channels=16,
           norm_num_groups=32, scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False,
           down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4)
SCHEDULER = dict(_class_name="FlowMatchEulerDiscreteScheduler", base_image_seq_len=256, base_shift=0.5,
                 max_image_seq_len=4096, max_shift=1.15, num_train_timesteps=1000)
INDEX = dict(_class_name="FluxPipeline", scheduler=["diffusers", "FlowMatchEulerDiscreteScheduler"],
             text_encoder=["transformers", "CLIPTextModel"], text_encoder_2=["transformers", "T5EncoderModel"],
             tokenizer=["transformers", "CLIPTokenizer"], tokenizer_2=["transformers", "T5TokenizerFast"],
             transformer=["diffusers", "FluxTransformer2DModel"], vae=["diffusers", "AutoencoderKL"])


def listing(make, dtype):
    """(name, dtype, shape) of a model's tensors."""
    with torch.device("meta"):
        model = make()
    return [(name, dtype, tuple(tensor.shape)) for name, tensor in model.state_dict().items()]


def write(file, tensors, values=None):
    """A safetensors file of zeros, but for `values` by name."""
    header, at = {"__metadata__": {"format": "pt"}}, 0
    for name, dtype, shape in tensors:
        size = dtype.itemsize
        for n in shape:
            size *= n
        header[name] = {"dtype": NAMES[dtype], "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for name, value in (values or {}).items():
            out.seek(8 + len(text) + header[name]["data_offsets"][0])
            out.write(value.numpy().tobytes())
        out.truncate(8 + len(text) + at)
    return at


def shards(folder, base, tensors, count):
    """As many files of like size, and their index."""
    total = sum(dtype.itemsize * torch.Size(shape).numel() for _, dtype, shape in tensors)
    parts, taken = [[] for _ in range(count)], 0
    for tensor in tensors:
        parts[min(count - 1, taken * count // total)].append(tensor)
        taken += tensor[1].itemsize * torch.Size(tensor[2]).numel()
    weight_map = {}
    for i, part in enumerate(parts):
        name = f"{base}-{i + 1:05d}-of-{count:05d}.safetensors"
        write(folder / name, part)
        weight_map.update({tensor[0]: name for tensor in part})
    index = {"metadata": {"total_size": total}, "weight_map": weight_map}
    (folder / f"{base}.safetensors.index.json").write_text(json.dumps(index, indent=1))


def put(folder, name, value):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(value, indent=1))


def pipeline(folder, guidance):
    put(folder, "model_index.json", INDEX)
    shift = dict(use_dynamic_shifting=True, shift=3.0) if guidance else dict(use_dynamic_shifting=False, shift=1.0)
    put(folder / "scheduler", "scheduler_config.json", SCHEDULER | shift)
    flux = dict(guidance_embeds=guidance, num_layers=19, num_single_layers=38, attention_head_dim=128,
                num_attention_heads=24, in_channels=64, joint_attention_dim=4096, pooled_projection_dim=768)
    put(folder / "transformer", "config.json", {"_class_name": "FluxTransformer2DModel", "patch_size": 1} | flux)
    shards(folder / "transformer", "diffusion_pytorch_model",
           listing(lambda: FluxTransformer2DModel(**flux), torch.bfloat16), 3)
    put(folder / "vae", "config.json", {"_class_name": "AutoencoderKL"} | VAE)
    write(folder / "vae" / "diffusion_pytorch_model.safetensors", listing(lambda: AutoencoderKL(**VAE), torch.bfloat16))
    put(folder / "text_encoder", "config.json", {"architectures": ["CLIPTextModel"], "model_type": "clip_text_model"} | TEXT)
    write(folder / "text_encoder" / "model.safetensors",
          prefixed(listing(lambda: CLIPTextModel(CLIPTextConfig(**TEXT)), torch.bfloat16)))
    put(folder / "text_encoder_2", "config.json", {"architectures": ["T5EncoderModel"], "model_type": "t5"} | T5_XXL)
    t5 = listing(lambda: T5EncoderModel(T5Config(**T5_XXL)), torch.bfloat16)
    shards(folder / "text_encoder_2", "model", [tensor for tensor in t5 if tensor[0] != "encoder.embed_tokens.weight"], 2)


def prefixed(tensors):
    """CLIPTextModel as published, whatever the version of transformers that lists it calls its tensors."""
    return [(name if name.startswith("text_model.") else "text_model." + name, dtype, shape)
            for name, dtype, shape in tensors]


def clip(folder):
    config = CLIPConfig(text_config=TEXT, vision_config=VISION, projection_dim=768)
    put(folder, "config.json", {"architectures": ["CLIPModel"], "model_type": "clip", "projection_dim": 768,
                                "text_config": TEXT, "vision_config": VISION})
    put(folder, "preprocessor_config.json",
        dict(do_resize=True, size=224, resample=3, do_center_crop=True, crop_size=224, do_normalize=True,
             image_mean=[0.48145466, 0.4578275, 0.40821073], image_std=[0.26862954, 0.26130258, 0.27577711],
             feature_extractor_type="CLIPFeatureExtractor"))
    tensors = listing(lambda: CLIPModel(config), torch.float32)
    tensors += [("text_model.embeddings.position_ids", torch.int64, (1, 77)),
                ("vision_model.embeddings.position_ids", torch.int64, (1, 257))]
    values = {"text_model.final_layer_norm.bias": torch.ones(768), "vision_model.post_layernorm.bias": torch.ones(1024),
              "text_projection.weight": torch.eye(768), "visual_projection.weight": torch.eye(768, 1024)}
    write(folder / "model.safetensors", tensors, values)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    out, wanted = pathlib.Path(sys.argv[1]), sys.argv[2:] or ["dev", "schnell", "clip"]
    for name in wanted:
        if name == "clip":
            clip(out / "clip-vit-large-patch14")
        else:
            pipeline(out / f"FLUX.1-{name}", name == "dev")


main()
