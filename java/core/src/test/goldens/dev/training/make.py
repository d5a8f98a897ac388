"""Makes gradients.safetensors; run in goldens/ with torch, diffusers and peft installed. See README.md."""

import torch
from diffusers import FluxTransformer2DModel
from safetensors.torch import load_file, save_file

real = torch.float64
flux = FluxTransformer2DModel.from_pretrained("dev/pipeline/transformer")
flux.load_lora_adapter("dev/lora-a", weight_name="pytorch_lora_weights.safetensors", prefix="transformer")
flux = flux.to(real).requires_grad_(False)
factors = {name: p.requires_grad_() for name, p in flux.named_parameters() if ".lora_" in name}
run = load_file("dev/run-fp32.safetensors")
random = torch.Generator().manual_seed(6)
x0, noise = (torch.randn(2, 24, 16, generator=random) for _ in range(2))
sigma = torch.tensor([0.75, 0.25])
x = torch.lerp(x0.to(real), noise.to(real), sigma.to(real).view(2, 1, 1)).float()

velocity = flux(
    hidden_states=x.to(real),
    timestep=sigma.to(real),
    guidance=torch.full((2,), 3.5, dtype=real),
    pooled_projections=run["pooled"].to(real),
    encoder_hidden_states=run["prompt_embeds"].to(real),
    txt_ids=run["txt_ids"],
    img_ids=run["img_ids"],
).sample
loss = (velocity - (noise.to(real) - x0.to(real))).pow(2).mean((1, 2))
loss.mean().backward()

out = {"x": x, "x0": x0, "noise": noise, "sigma": sigma, "loss": loss.detach().float()}
for name, p in factors.items():
    out[name.replace(".default_0", "")] = p.grad.float().contiguous()
save_file(out, "dev/training/gradients.safetensors")
