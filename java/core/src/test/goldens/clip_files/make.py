"""Makes bare.pt with open_clip 3.3.0 and torch 2.13.0: a small CLIP as a training script saves it, in half precision, and
golden.safetensors: its embeddings of pixels and ids with either activation. Heads are 64 wide, as in published models."""
import pathlib

import torch
from open_clip.model import CLIP
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
torch.manual_seed(3)
config = {"embed_dim": 8,
          "vision_cfg": {"image_size": 8, "layers": 1, "width": 128, "patch_size": 4, "mlp_ratio": 0.25},
          "text_cfg": {"context_length": 12, "vocab_size": 40, "width": 64, "heads": 1, "layers": 1, "mlp_ratio": 0.25}}
model = CLIP(**config).eval()
with torch.no_grad():
    for name, p in model.named_parameters():
        if name != "logit_scale" and "ln_" not in name:
            p.copy_(torch.randn_like(p) * (0.5 if p.dim() < 2 else 1.5 * p.shape[-1] ** -0.5))
model.load_state_dict({k: v.half().float() for k, v in model.state_dict().items()})
torch.save({"epoch": 3, "state_dict": {f"module.{k}": v.half() for k, v in model.state_dict().items()},
            "optimizer": {"state": {0: {"step": torch.tensor(1.0)}}, "param_groups": [{"lr": 1e-3, "params": [0]}]}},
           here / "bare.pt")
pixels = torch.randn(2, 3, 8, 8)
ids = torch.tensor([[38, 3, 7, 39, 0, 0, 0, 0, 0, 0, 0, 0], [38, 1, 2, 4, 5, 6, 9, 39, 0, 0, 0, 0]])
golden = {"pixels": pixels}
for label, quick in (("gelu", False), ("quick-gelu", True)):
    same = CLIP(**config, quick_gelu=quick).eval()
    same.load_state_dict(model.state_dict())
    with torch.no_grad():
        golden[f"{label}.image"] = same.encode_image(pixels, normalize=True)
        golden[f"{label}.text"] = same.encode_text(ids, normalize=True)
save_file(golden, here / "golden.safetensors")
