"""Makes this folder with open_clip itself: a small CLIP with random weights, and what open_clip computes with it.

open_clip_torch 3.3.0, ftfy 6.3.1, torch 2.13.0, torchvision 0.28.0, Pillow 12.3.0; on a CPU. text.json is made apart,
by SimpleTokenizer() with its own vocabulary: text, clean_fn(text) and ids without the zeros at the end.
"""
import gzip, json, os, tempfile
import numpy as np, torch
from PIL import Image
from safetensors.torch import save_file
from open_clip.model import CLIP
from open_clip.tokenizer import SimpleTokenizer
from open_clip.transform import PreprocessCfg, image_transform_v2

here = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(5)
rng = np.random.default_rng(5)

merges = "#version: 0.2\nh o\nho t</w>\nr o\nc a\nca r</w>\n"
with tempfile.TemporaryDirectory() as tmp:
    with gzip.open(f"{tmp}/bpe.gz", "wt") as f:
        f.write(merges.rstrip("\n"))
    tokenizer = SimpleTokenizer(f"{tmp}/bpe.gz", context_length=24)
vocab = dict(tokenizer.encoder)
vocab["<|startoftext|>"] = vocab.pop("<start_of_text>")
vocab["<|endoftext|>"] = vocab.pop("<end_of_text>")
json.dump(vocab, open(f"{here}/vocab.json", "w"), separators=(",", ":"))
open(f"{here}/merges.txt", "w").write(merges)

model_cfg = {
    "embed_dim": 10,
    "vision_cfg": {"image_size": 16, "layers": 2, "width": 16, "head_width": 8, "patch_size": 4, "mlp_ratio": 3.3},
    "text_cfg": {"context_length": 24, "vocab_size": len(vocab), "width": 12, "heads": 3, "layers": 2},
}
preprocess_cfg = {
    "mean": [0.48145466, 0.4578275, 0.40821073], "std": [0.26862954, 0.26130258, 0.27577711],
    "interpolation": "bicubic", "resize_mode": "shortest",
}
json.dump({"model_cfg": model_cfg, "preprocess_cfg": preprocess_cfg}, open(f"{here}/open_clip_config.json", "w"), indent=2)

model = CLIP(**model_cfg).eval()
with torch.no_grad():
    for name, p in model.named_parameters():
        if name == "logit_scale":
            continue
        noise = torch.randn_like(p)
        p.copy_(1 + 0.2 * noise if ".ln_" in name + "." and name.endswith("weight") else noise * (0.7 if p.dim() < 2 else p.shape[-1] ** -0.5 * 1.5))
save_file({k: v.contiguous() for k, v in model.state_dict().items()}, f"{here}/open_clip_model.safetensors")

# 20 x 30 leaves an even margin around the crop, 20 x 29 an odd one.
texts = ["a hot road at night", "It\u2019s a \u201chot\u201d car &amp; a ROAD", "", "car " * 40, "<|endoftext|>hot \ufb01re"]
images = {"wide": (2, 20, 30), "odd": (1, 20, 29), "tall": (1, 37, 16)}
transform = image_transform_v2(PreprocessCfg(size=16, **preprocess_cfg), is_train=False)
golden = {}
with torch.no_grad():
    ids = tokenizer(texts)
    golden["text_ids"] = ids
    golden["text_features"] = model.encode_text(ids, normalize=True)
    quick = CLIP(**model_cfg, quick_gelu=True).eval()
    quick.load_state_dict(model.state_dict())
    for name, (n, h, w) in images.items():
        smooth = np.stack([np.asarray(Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8)).resize((w, h), Image.BICUBIC)) for _ in range(n)])
        u8 = np.clip(smooth.astype(int) + rng.integers(-25, 26, smooth.shape), 0, 255).astype(np.uint8)
        pixels = torch.stack([transform(Image.fromarray(image)) for image in u8])
        golden[f"{name}.images_u8"] = torch.from_numpy(u8)
        golden[f"{name}.pixel_values"] = pixels
        golden[f"{name}.image_features"] = model.encode_image(pixels, normalize=True)
        golden[f"{name}.cosines"] = golden[f"{name}.image_features"] @ golden["text_features"].T
        golden[f"{name}.cosines_quick_gelu"] = quick.encode_image(pixels, normalize=True) @ quick.encode_text(ids, normalize=True).T
save_file({k: v.contiguous() for k, v in golden.items()}, f"{here}/golden.safetensors", metadata={"texts": json.dumps(texts)})
