"""The peer: diffusers in a process of its own. Reads one JSON request a line, answers one JSON line each.

{"work": "step", "model", "inputs", "dtype", "batch", "repeats", "dsigma", "compiled"}: forwards of the transformer, each
with an Euler step; the seconds of one, and the first velocity.
{"work": "search", "model", "verifier", "prompt", "seed", "candidates", "steps", "size", "tokens", "guidance", "dtype"}:
best of N as a plain loop: the pipeline for every seed, then CLIP's score of the image.

The answer holds "seconds" and "values": the velocity, or the scores by candidate.
"""

import json
import sys
import time

import torch
from diffusers import FluxPipeline, FluxTransformer2DModel
from diffusers.utils import logging as diffusers_logging
from safetensors.torch import load_file
from transformers import CLIPModel, CLIPProcessor
from transformers.utils import logging as transformers_logging

DTYPES = {"f32": torch.float32, "bf16": torch.bfloat16}


class Peer:
    def __init__(self, device):
        self.device = device
        self.loaded = (None, None)

    def load(self, key, make):
        # One model at a time: the other peer needs memory, too.
        if self.loaded[0] != key:
            self.loaded = (None, None)
            self.loaded = (key, make())
        return self.loaded[1]

    def synchronize(self):
        if self.device.type == "cuda":
            torch.cuda.synchronize()

    def timed(self, work):
        self.synchronize()
        start = time.perf_counter()
        with torch.inference_mode():
            out = work()
        self.synchronize()
        return time.perf_counter() - start, out

    def step(self, model, inputs, dtype, batch, repeats, dsigma, compiled):
        kind = DTYPES[dtype]

        def make():
            transformer = FluxTransformer2DModel.from_pretrained(model, torch_dtype=kind).to(self.device).eval()
            return torch.compile(transformer) if compiled else transformer

        transformer = self.load((model, dtype, compiled), make)
        given = {name: x.to(self.device) for name, x in load_file(inputs).items()}
        img = given["img"][:batch].to(kind)
        edge = int(img.shape[1] ** 0.5)
        img_ids = torch.zeros(edge, edge, 3, device=self.device)
        img_ids[..., 1] += torch.arange(edge, device=self.device)[:, None]
        img_ids[..., 2] += torch.arange(edge, device=self.device)[None, :]
        arguments = dict(
            hidden_states=img,
            encoder_hidden_states=given["txt"].expand(batch, -1, -1).to(kind),
            pooled_projections=given["vec"].expand(batch, -1).to(kind),
            timestep=torch.ones(batch, device=self.device, dtype=kind),
            guidance=torch.full((batch,), 3.5, device=self.device),
            img_ids=img_ids.reshape(-1, 3),
            txt_ids=torch.zeros(given["txt"].shape[1], 3, device=self.device),
            return_dict=False,
        )

        def work():
            latents = img.float()
            first = None
            for _ in range(repeats):
                arguments["hidden_states"] = latents.to(kind)
                velocity = transformer(**arguments)[0]
                latents = latents + dsigma * velocity.float()
                if first is None:
                    first = velocity.float().cpu()
            return first

        seconds, first = self.timed(work)
        return seconds / repeats, first.flatten().tolist()

    def search(self, model, verifier, prompt, seed, candidates, steps, size, tokens, guidance, dtype):
        kind = DTYPES[dtype]

        def make():
            pipeline = FluxPipeline.from_pretrained(model, torch_dtype=kind).to(self.device)
            pipeline.set_progress_bar_config(disable=True)
            clip = CLIPModel.from_pretrained(verifier, torch_dtype=kind).to(self.device).eval()
            return pipeline, clip, CLIPProcessor.from_pretrained(verifier)

        pipeline, clip, processor = self.load((model, verifier, dtype), make)

        def work():
            scores = []
            for i in range(candidates):
                image = pipeline(
                    prompt,
                    height=size,
                    width=size,
                    num_inference_steps=steps,
                    guidance_scale=guidance,
                    max_sequence_length=tokens,
                    generator=torch.Generator("cpu").manual_seed(seed + i),
                ).images[0]
                given = processor(text=[prompt], images=image, return_tensors="pt", padding=True).to(self.device)
                given["pixel_values"] = given["pixel_values"].to(kind)
                out = clip(**given)
                scores.append(torch.nn.functional.cosine_similarity(out.image_embeds, out.text_embeds).item())
            return scores

        return self.timed(work)


def main():
    device = torch.device(sys.argv[1] if len(sys.argv) > 1 else "cpu")
    torch.backends.cudnn.allow_tf32 = False  # f32 is f32 here, as in irscale
    diffusers_logging.set_verbosity_error()
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    diffusers_logging.disable_progress_bar()
    peer = Peer(device)
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads()}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            seconds, values = getattr(peer, request.pop("work"))(**request)
            print(json.dumps({"seconds": seconds, "values": values}), flush=True)
        except Exception as error:
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), flush=True)


main()
