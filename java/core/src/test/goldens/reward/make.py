"""Makes reward.safetensors; run in goldens/ with torch, diffusers and transformers installed. See README.md."""

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL, FluxTransformer2DModel
from safetensors.torch import load_file, save_file
from transformers import CLIPModel

real = torch.float64
flux = FluxTransformer2DModel.from_pretrained("dev/pipeline/transformer").to(real).requires_grad_(False)
vae = AutoencoderKL.from_pretrained("dev/pipeline/vae").to(real).requires_grad_(False)
clip = CLIPModel.from_pretrained("dev/clip").to(real).eval().requires_grad_(False)
run = load_file("dev/run-fp32.safetensors")
text = load_file("dev/clip.safetensors")["text_embeds"][[3, 1]]
mean = torch.tensor([0.48145466, 0.4578275, 0.40821073], dtype=real).view(1, 3, 1, 1)
std = torch.tensor([0.26862954, 0.26130258, 0.27577711], dtype=real).view(1, 3, 1, 1)
height, width, edge = 20, 12, 64
x = torch.randn(2, height * width // 4, 16, generator=torch.Generator().manual_seed(5))
sigma = torch.tensor([0.75, 0.25])


def velocity(latents, prompts):
    rows = torch.arange(height // 2).view(-1, 1).expand(-1, width // 2)
    columns = torch.arange(width // 2).view(1, -1).expand(height // 2, -1)
    return flux(
        hidden_states=latents,
        timestep=sigma.to(real),
        guidance=torch.full((2,), 3.5, dtype=real),
        pooled_projections=run["pooled"][prompts].to(real),
        encoder_hidden_states=run["prompt_embeds"][prompts].to(real),
        txt_ids=run["txt_ids"],
        img_ids=torch.stack([torch.zeros_like(rows), rows, columns], -1).view(-1, 3),
    ).sample


def score(x0):
    n = x0.shape[0]
    latents = x0.view(n, height // 2, width // 2, 4, 2, 2).permute(0, 3, 1, 4, 2, 5).reshape(n, 4, height, width)
    decoded = vae.decode(latents / vae.config.scaling_factor + vae.config.shift_factor).sample
    image = (decoded / 2 + 0.5).clamp(0, 1)
    h, w = image.shape[2:]
    image = F.interpolate(image, (edge * h // w, edge), mode="bicubic", antialias=True).clamp(0, 1)
    top = (image.shape[2] - edge) // 2
    pixels = (image[:, :, top : top + edge] - mean) / std
    embedding = clip.visual_projection(clip.vision_model(pixel_values=pixels).pooler_output)
    return (embedding / embedding.norm(dim=-1, keepdim=True) * text.to(real)).sum(-1)


out = {"x": x, "sigma": sigma, "text": text}
by = x.to(real).requires_grad_()
v, against = velocity(by, [0, 1]), velocity(by, [1, 0])
v = torch.cat([against[:1] + 2.5 * (v - against)[:1], v[1:]])
x0 = by - sigma.to(real).view(2, 1, 1) * v
scores = score(x0)
out |= {"full.velocity": v, "full.scores": scores, "full.gradient": torch.autograd.grad(scores.sum(), by)[0]}
by = x0.detach().float().to(real).requires_grad_()
scores = score(by)
out |= {"x0": by, "cheap.scores": scores, "cheap.gradient": torch.autograd.grad(scores.sum(), by)[0]}
save_file({name: tensor.detach().float().contiguous() for name, tensor in out.items()}, "reward/reward.safetensors")
