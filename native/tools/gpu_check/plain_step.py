"""FLUX's transformer as plain PyTorch, to time irscale's step beside it: nothing but torch is needed.

    plain_step.py DEVICE
        Reads the sizes as a line of JSON, makes random weights in bf16 and answers {"torch"}. Then a line
        {"edge", "text_tokens", "batch"} each for one forward and its Euler step; the answer is {"seconds"}, or {"error"}.
    plain_step.py --check GOLDENS
        Holds it to the golden transformer in float32: prints the largest relative error of velocity, ends with 1 above 5e-6.

Modules are named as in diffusers' transformer_flux.py, whose arithmetic this is.
"""

import json
import math
import struct
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F


def rotary(ids, axes):
    """ids (S, 3) to cos and sin (S, head_dim), each angle twice."""
    angles = []
    for axis, dim in enumerate(axes):
        frequencies = 1.0 / (10000.0 ** (torch.arange(0, dim, 2, dtype=torch.float64, device=ids.device) / dim))
        angles.append(torch.outer(ids[:, axis].double(), frequencies))
    angles = torch.cat(angles, 1)
    return angles.cos().repeat_interleave(2, 1).float(), angles.sin().repeat_interleave(2, 1).float()


def turn(x, rope):
    cos, sin = rope
    pairs = x.float().unflatten(-1, (-1, 2))
    turned = torch.stack((-pairs[..., 1], pairs[..., 0]), -1).flatten(-2)
    return (x.float() * cos + turned * sin).to(x.dtype)


def sinusoid(t, dim=256):
    half = dim // 2
    frequencies = torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float32, device=t.device) / half)
    angles = t[:, None].float() * frequencies[None]
    return torch.cat((angles.cos(), angles.sin()), -1)


class Embedder(nn.Module):
    def __init__(self, inner, width):
        super().__init__()
        self.linear_1, self.linear_2 = nn.Linear(inner, width), nn.Linear(width, width)

    def forward(self, x):
        return self.linear_2(F.silu(self.linear_1(x)))


class Modulation(nn.Module):
    def __init__(self, width, parts):
        super().__init__()
        self.parts, self.linear = parts, nn.Linear(width, parts * width)

    def forward(self, temb):
        return self.linear(F.silu(temb))[:, None].chunk(self.parts, 2)


def normed(x, shift, scale):
    return F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift


class FeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        first = nn.Module()
        first.proj = nn.Linear(width, 4 * width)
        self.net = nn.ModuleList([first, nn.Identity(), nn.Linear(4 * width, width)])

    def forward(self, x):
        return self.net[2](F.gelu(self.net[0].proj(x), approximate="tanh"))


class Attention(nn.Module):
    def __init__(self, width, heads, joint, single=False):
        super().__init__()
        self.heads, head_dim = heads, width // heads
        self.to_q, self.to_k, self.to_v = (nn.Linear(width, width) for _ in range(3))
        self.norm_q, self.norm_k = nn.RMSNorm(head_dim, 1e-6), nn.RMSNorm(head_dim, 1e-6)
        if not single:
            self.to_out = nn.ModuleList([nn.Linear(width, width)])
        if joint:
            self.add_q_proj, self.add_k_proj, self.add_v_proj = (nn.Linear(width, width) for _ in range(3))
            self.norm_added_q, self.norm_added_k = nn.RMSNorm(head_dim, 1e-6), nn.RMSNorm(head_dim, 1e-6)
            self.to_add_out = nn.Linear(width, width)

    def split(self, x):
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def forward(self, x, rope, text=None):
        q = self.norm_q(self.split(self.to_q(x)))
        k = self.norm_k(self.split(self.to_k(x)))
        v = self.split(self.to_v(x))
        if text is not None:
            q = torch.cat((self.norm_added_q(self.split(self.add_q_proj(text))), q), 2)
            k = torch.cat((self.norm_added_k(self.split(self.add_k_proj(text))), k), 2)
            v = torch.cat((self.split(self.add_v_proj(text)), v), 2)
        out = F.scaled_dot_product_attention(turn(q, rope), turn(k, rope), v)
        return out.transpose(1, 2).flatten(2)


class DoubleBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm1_context = Modulation(width, 6), Modulation(width, 6)
        self.attn = Attention(width, heads, joint=True)
        self.ff, self.ff_context = FeedForward(width), FeedForward(width)

    def forward(self, img, txt, temb, rope):
        shift, scale, gate, mlp_shift, mlp_scale, mlp_gate = self.norm1(temb)
        t_shift, t_scale, t_gate, t_mlp_shift, t_mlp_scale, t_mlp_gate = self.norm1_context(temb)
        out = self.attn(normed(img, shift, scale), rope, normed(txt, t_shift, t_scale))
        of_txt, of_img = out.split((txt.shape[1], img.shape[1]), 1)
        img = img + gate * self.attn.to_out[0](of_img)
        img = img + mlp_gate * self.ff(normed(img, mlp_shift, mlp_scale))
        txt = txt + t_gate * self.attn.to_add_out(of_txt)
        txt = txt + t_mlp_gate * self.ff_context(normed(txt, t_mlp_shift, t_mlp_scale))
        return img, txt


class SingleBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm = Modulation(width, 3)
        self.attn = Attention(width, heads, joint=False, single=True)
        self.proj_mlp, self.proj_out = nn.Linear(width, 4 * width), nn.Linear(5 * width, width)

    def forward(self, x, temb, rope):
        shift, scale, gate = self.norm(temb)
        inner = normed(x, shift, scale)
        mlp = F.gelu(self.proj_mlp(inner), approximate="tanh")
        return x + gate * self.proj_out(torch.cat((self.attn(inner, rope), mlp), 2))


class Flux(nn.Module):
    def __init__(self, in_channels, layers, single_layers, heads, head_dim, joint_dim, pooled_dim, axes):
        super().__init__()
        width = heads * head_dim
        self.axes = axes
        self.x_embedder, self.context_embedder = nn.Linear(in_channels, width), nn.Linear(joint_dim, width)
        self.time_text_embed = nn.Module()
        self.time_text_embed.timestep_embedder = Embedder(256, width)
        self.time_text_embed.guidance_embedder = Embedder(256, width)
        self.time_text_embed.text_embedder = Embedder(pooled_dim, width)
        self.transformer_blocks = nn.ModuleList(DoubleBlock(width, heads) for _ in range(layers))
        self.single_transformer_blocks = nn.ModuleList(SingleBlock(width, heads) for _ in range(single_layers))
        self.norm_out = Modulation(width, 2)
        self.proj_out = nn.Linear(width, in_channels)

    def forward(self, img, txt, vec, timestep, guidance, rope):
        embed, kind = self.time_text_embed, img.dtype
        temb = embed.timestep_embedder(sinusoid(timestep * 1000).to(kind))
        temb = temb + embed.guidance_embedder(sinusoid(guidance * 1000).to(kind)) + embed.text_embedder(vec)
        img, txt = self.x_embedder(img), self.context_embedder(txt)
        for block in self.transformer_blocks:
            img, txt = block(img, txt, temb, rope)
        joined = torch.cat((txt, img), 1)
        for block in self.single_transformer_blocks:
            joined = block(joined, temb, rope)
        scale, shift = self.norm_out(temb)
        return self.proj_out(normed(joined[:, txt.shape[1] :], shift, scale))


def positions(edge, text_tokens, device):
    ids = torch.zeros(edge, edge, 3, device=device)
    ids[..., 1] += torch.arange(edge, device=device)[:, None]
    ids[..., 2] += torch.arange(edge, device=device)[None]
    return torch.cat((torch.zeros(text_tokens, 3, device=device), ids.flatten(0, 1)))


def serve(device):
    sizes = json.loads(sys.stdin.readline())
    with torch.device("meta"):
        flux = Flux(**sizes)
    flux = flux.to(torch.bfloat16).to_empty(device=device).eval()
    for parameter in flux.parameters():
        parameter.data.uniform_(-0.02, 0.02)
    print(json.dumps({"torch": torch.__version__}), flush=True)
    inputs = {}
    for line in sys.stdin:
        step = json.loads(line)
        try:
            if line not in inputs:
                inputs.clear()
                n, edge, tokens = step["batch"], step["edge"], step["text_tokens"]
                some = dict(device=device, dtype=torch.bfloat16)
                inputs[line] = (
                    torch.randn(n, edge * edge, sizes["in_channels"], **some),
                    torch.zeros(n, tokens, sizes["joint_dim"], **some),
                    torch.zeros(n, sizes["pooled_dim"], **some),
                    torch.ones(n, **some),
                    torch.full((n,), 3.5, **some),
                    rotary(positions(edge, tokens, device), sizes["axes"]),
                )
            img = inputs[line][0].float()
            wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
            wait()
            start = time.perf_counter()
            with torch.inference_mode():
                img = img - 1e-3 * flux(*inputs[line]).float()
            wait()
            answer = {"seconds": time.perf_counter() - start}
        except RuntimeError as error:
            answer = {"error": str(error).splitlines()[0]}
        print(json.dumps(answer), flush=True)


def read_safetensors(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    kinds = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__" and entry["dtype"] in kinds:
            begin, end = entry["data_offsets"]
            stored = bytearray(data[8 + length + begin : 8 + length + end])
            tensors[name] = torch.frombuffer(stored, dtype=kinds[entry["dtype"]]).reshape(entry["shape"])
    return tensors


def check(goldens):
    folder = goldens / "pipeline" / "transformer"
    config = json.loads((folder / "config.json").read_text())
    flux = Flux(
        config["in_channels"],
        config["num_layers"],
        config["num_single_layers"],
        config["num_attention_heads"],
        config["attention_head_dim"],
        config["joint_attention_dim"],
        config["pooled_projection_dim"],
        config["axes_dims_rope"],
    )
    weights = {}
    for file in folder.glob("*.safetensors"):
        weights.update({name: tensor.float() for name, tensor in read_safetensors(file).items()})
    flux.load_state_dict(weights)
    golden = read_safetensors(goldens / "transformer-fp64.safetensors")
    ids = torch.cat((golden["in.txt_ids"], golden["in.img_ids"])).float()
    with torch.inference_mode():
        out = flux(
            golden["in.hidden_states"],
            golden["in.encoder_hidden_states"],
            golden["in.pooled_projections"],
            golden["in.timestep"],
            golden["in.guidance"],
            rotary(ids, config["axes_dims_rope"]),
        )
    error = ((out - golden["out"]).abs().max() / golden["out"].abs().max()).item()
    print(f"velocity: largest error {error:.1e} of the golden")
    return 0 if error <= 5e-6 else 1


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        sys.exit(check(Path(sys.argv[2])))
    serve(torch.device(sys.argv[1]))
