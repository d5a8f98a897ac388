"""Makes this folder with transformers itself: a small DINOv2 with random weights, and what transformers computes with it.

transformers 5.18.0, torch 2.13.0, Pillow 12.3.0; on a CPU. pixels.*: every 16th row and column of Pillow's bicubic resize to
224 x 224 without rounding, normalised.
"""
import json, os
import numpy as np, torch
from PIL import Image
from safetensors.torch import save_file
from transformers import Dinov2Config, Dinov2Model

here = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(7)
rng = np.random.default_rng(7)
config = Dinov2Config(hidden_size=12, num_hidden_layers=2, num_attention_heads=3, mlp_ratio=3, image_size=42, patch_size=14)
model = Dinov2Model(config).eval()
with torch.no_grad():
    for name, p in model.named_parameters():
        noise = torch.randn_like(p)
        if "norm" in name and name.endswith("weight") or "lambda1" in name:
            p.copy_(1 + 0.3 * noise)
        else:
            p.copy_(noise * (0.5 if p.dim() != 2 and p.dim() != 4 else p[0].numel() ** -0.5 * 1.5))
model.save_pretrained(here)

golden = {}
mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
std = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
with torch.no_grad():
    for i, (h, w) in enumerate([(24, 33), (260, 17)]):
        coarse = rng.integers(0, 256, (h // 6 + 2, w // 6 + 2, 3)).astype(np.uint8)
        image = np.asarray(Image.fromarray(coarse).resize((w, h), Image.BICUBIC)).copy()
        channels = [np.asarray(Image.fromarray(image[:, :, c].astype(np.float32)).resize((224, 224), Image.BICUBIC)) for c in range(3)]
        pixels = (torch.from_numpy(np.stack(channels)[None] / 255).clamp(0, 1) - mean) / std
        golden[f"image.{i}"] = torch.from_numpy(image)
        golden[f"pixels.{i}"] = pixels[0, :, ::16, ::16].contiguous()
        golden[f"features.{i}"] = model(pixels).pooler_output[0].contiguous()
    # At the training's size, and at one that is not square.
    for name, (h, w) in {"own": (42, 42), "wide": (28, 70)}.items():
        pixels = torch.randn(2, 3, h, w).mul(64).round() / 64
        golden[name + ".pixels"] = pixels
        golden[name + ".features"] = model(pixels).pooler_output.contiguous()
save_file(golden, f"{here}/golden.safetensors")
