"""Makes golden.safetensors and cases.json with transformers 5.18 and Pillow: what CLIPImageProcessor makes of images under
settings as people have them. Pillow resizes each colour as floats, which leaves out its rounding to 8 bits between two
passes; the processor as it is lies within 3 of 255 of that, as no value is near black or white. open_clip's longest edge
is its transform.py in NumPy."""
import json
import pathlib

import numpy as np
from PIL import Image
from safetensors.numpy import save_file
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

EDGE = 8
HERE = pathlib.Path(__file__).parent
rng = np.random.default_rng(11)
IMAGES = {name: rng.integers(48, 208, (1, h, w, 3), dtype=np.uint8)
          for name, (h, w) in {"wide": (13, 22), "tall": (19, 9), "small": (5, 7), "right": (8, 8)}.items()}


def floats(image, height, width, filter):
    """(3, H, W) of 0 to 255 resized without rounding."""
    size, filter = (width, height), Image.Resampling(filter)
    planes = [np.asarray(Image.fromarray(p.astype(np.float32), mode="F").resize(size, filter)) for p in image]
    return np.clip(np.stack(planes), 0, 255)


class Exact(CLIPImageProcessorPil):
    def resize(self, image, size, resample=None, **kwargs):
        whole = super().resize(image, size, resample=resample, **kwargs)
        return floats(image, *whole.shape[1:], resample)


PLAIN = {"image_mean": [0.5, 0.4, 0.3], "image_std": [0.25, 0.2, 0.3], "size": EDGE, "crop_size": EDGE}
CASES = {
    "shortest": {"size": {"shortest_edge": 10}},
    "edge_alone": {"size": 11, "crop_size": [8, 8]},
    "exact": {"size": {"height": 8, "width": 8}},
    "exact_list": {"size": [10, 12]},
    "exact_square": {"size": 9, "default_to_square": True},
    "exact_no_crop": {"size": [8, 8], "do_center_crop": False},
    "framed": {"size": {"shortest_edge": 3}},
    "framed_list": {"size": [5, 11]},
    "no_resize": {"do_resize": False},
    "no_normalize": {"do_normalize": False},
    "no_rescale": {"do_rescale": False, "image_mean": [127.5, 100, 80], "image_std": [64, 60, 70]},
    "nothing": {"do_rescale": False, "do_normalize": False, "do_resize": False},
    "rescale": {"rescale_factor": 1 / 127.5},
    "one_for_all": {"image_mean": 0.5, "image_std": 0.25},
    "nearest": {"resample": 0},
    "lanczos": {"resample": 1},
    "bilinear": {"resample": 2},
    "box": {"resample": 4},
    "hamming": {"resample": 5},
}


def longest(image, filter):
    """open_clip's ResizeKeepRatio(longest=1) and center_crop_or_pad."""
    h, w = image.shape[1:]
    ratio = max(h / EDGE, w / EDGE)
    resized = floats(image, round(h / ratio), round(w / ratio), filter)
    out = np.zeros((3, EDGE, EDGE), np.float32)
    h, w = resized.shape[1:]
    top, left = (EDGE - h) // 2, (EDGE - w) // 2
    out[:, top:top + h, left:left + w] = resized
    return out


tensors = {f"{name}.images_u8": image for name, image in IMAGES.items()}
for case, settings in CASES.items():
    settings = {**PLAIN, **settings}
    exact, whole = Exact(**settings), CLIPImageProcessorPil(**settings)
    for name, image in IMAGES.items():
        planes = image[0].transpose(2, 0, 1)
        got = exact(planes, input_data_format="channels_first", return_tensors="np")["pixel_values"].astype(np.float32)
        rounded = whole(planes, input_data_format="channels_first", return_tensors="np")["pixel_values"]
        level = (settings.get("rescale_factor", 1 / 255) if settings.get("do_rescale", True) else 1) / (
            np.min(settings["image_std"]) if settings.get("do_normalize", True) else 1)
        assert got.shape == (1, 3, EDGE, EDGE) and np.abs(got - rounded).max() <= 3 * level, (case, name)
        tensors[f"{case}.{name}"] = got
for name, image in IMAGES.items():
    for filter in (2, 3):
        tensors[f"longest_{filter}.{name}"] = longest(image[0].transpose(2, 0, 1), filter)[None] / np.float32(255)
save_file(tensors, HERE / "golden.safetensors")
(HERE / "cases.json").write_text(json.dumps({k: {**PLAIN, **v} for k, v in CASES.items()}, indent=1) + "\n")
