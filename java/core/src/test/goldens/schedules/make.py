"""Makes this folder with diffusers itself: configs.json, configurations by name, and golden.safetensors, the sigmas and
timesteps of FlowMatchEulerDiscreteScheduler for each, fed as pipeline_flux.py feeds it: NAME.nSTEPS.lTOKENS.

diffusers 0.40.0.dev0, torch 2.13.0, NumPy 2, SciPy 1.17.1; on a CPU. Timesteps are kept where they are not 1000 sigma.
"""
import json, os
import numpy as np, torch
from diffusers import FlowMatchEulerDiscreteScheduler
from diffusers.pipelines.flux.pipeline_flux import calculate_shift
from safetensors.torch import save_file

here = os.path.dirname(os.path.abspath(__file__))
dev = {"use_dynamic_shifting": True, "shift": 3.0}
static = {"shift": 3.0}
configs = {
    "static3": static,
    "static0.7": {"shift": 0.7},
    "linear": dev | {"time_shift_type": "linear"},
    "karras": dev | {"use_karras_sigmas": True},
    "exponential": dev | {"use_exponential_sigmas": True},
    "beta": dev | {"use_beta_sigmas": True},
    "static-karras": static | {"use_karras_sigmas": True},
    "static-exponential": static | {"use_exponential_sigmas": True},
    "static-beta": static | {"use_beta_sigmas": True},
    "beta-bounds": dev | {"use_beta_sigmas": True, "sigma_min": 0.03, "sigma_max": 0.9},
    "karras-bounds": dev | {"use_karras_sigmas": True, "sigma_min": 0.002, "sigma_max": 1.0},
    "exponential-bounds": dev | {"use_exponential_sigmas": True, "sigma_min": 0.01},
    "terminal": dev | {"shift_terminal": 0.1},
    "static-terminal": static | {"shift_terminal": 0.02},
    "terminal-linear-beta": dev | {"shift_terminal": 0.1, "time_shift_type": "linear", "use_beta_sigmas": True},
    "terminal-0": dev | {"shift_terminal": 0.0},
    "train-500": dev | {"num_train_timesteps": 500},
    "anchors": dev | {"base_shift": 0.3, "max_shift": 1.4, "base_image_seq_len": 64, "max_image_seq_len": 2048},
    "flow": dev | {"use_flow_sigmas": True},
    "flow-static": static | {"use_flow_sigmas": True, "num_train_timesteps": 777},
    "flow-karras": dev | {"use_flow_sigmas": True, "use_karras_sigmas": True},
    "flow-terminal-linear": dev | {"use_flow_sigmas": True, "shift_terminal": 0.1, "time_shift_type": "linear"},
}

golden = {}
for name, config in configs.items():
    for n in (1, 2, 4, 10, 28, 50, 1000):
        for tokens in (256, 1280, 4096) if "use_dynamic_shifting" in config and n < 1000 else (4096,):
            if n == 1 and config.get("shift_terminal"):
                continue  # 0 / 0
            scheduler = FlowMatchEulerDiscreteScheduler.from_config(config)
            c = scheduler.config
            sigmas = None if c.get("use_flow_sigmas") else np.linspace(1.0, 1 / n, n)
            mu = calculate_shift(tokens, c.get("base_image_seq_len", 256), c.get("max_image_seq_len", 4096),
                                 c.get("base_shift", 0.5), c.get("max_shift", 1.15))
            scheduler.set_timesteps(n if sigmas is None else None, sigmas=sigmas, mu=mu)
            key = f"{name}.n{n}.l{tokens}"
            golden["sigmas." + key] = scheduler.sigmas
            if c.num_train_timesteps != 1000:
                golden["timesteps." + key] = scheduler.timesteps
save_file(golden, os.path.join(here, "golden.safetensors"))
with open(os.path.join(here, "configs.json"), "w") as f:
    json.dump(configs, f, indent=1)
    f.write("\n")
