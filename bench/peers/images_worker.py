"""usage: images_worker.py make DIR | read ROUNDS FOLDER...: the peer of ImageReading.java, by Pillow and tifffile, on one thread."""
import pathlib, statistics, sys, time
import numpy as np, tifffile
from PIL import Image

W, H, N = 640, 512, 24


def make(work):
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:H, 0:W]
    for i in range(N):
        scene = 0.4 + 0.2 * np.sin(x / 60 + i) * np.cos(y / 45) + 0.02 * rng.standard_normal((H, W))
        scene[(np.hypot(x - 40 * i % W, y - 250) < 30)] += 0.3
        scene = scene.clip(0, 1)
        eight, counts = (255 * scene).astype(np.uint8), (7000 + 2000 * scene).astype(np.uint16)
        kelvin = (280 + 40 * scene).astype(np.float32)
        forms = {
            "jpeg": lambda p: Image.fromarray(eight).save(p + ".jpg", quality=92),
            "png": lambda p: Image.fromarray(eight).save(p + ".png"),
            "counts-png": lambda p: Image.fromarray(counts).save(p + ".png"),
            "counts-tiff": lambda p: tifffile.imwrite(p + ".tiff", counts),
            "counts-tiff-deflate": lambda p: tifffile.imwrite(p + ".tiff", counts, compression="zlib", predictor=2),
            "counts-float": lambda p: tifffile.imwrite(p + ".tiff", kelvin),
        }
        for name, save in forms.items():
            folder = pathlib.Path(work) / name
            folder.mkdir(exist_ok=True)
            save(str(folder / f"{i:03d}"))


def read(file, low, high):
    a = tifffile.imread(file) if file.suffix == ".tiff" else np.asarray(Image.open(file))
    a = ((a.astype(np.float32) - low) / (high - low)).clip(0, 1)
    return np.broadcast_to(a, (3, *a.shape)).copy()


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    rounds = int(sys.argv[2])
    for folder in map(pathlib.Path, sys.argv[3:]):
        files = sorted(folder.iterdir())
        low, high = (280, 320) if "float" in folder.name else (7000, 9000) if "counts" in folder.name else (0, 255)
        times = []
        for i in range(rounds + 2):
            start = time.perf_counter()
            for file in files:
                read(file, low, high)
            times.append((time.perf_counter() - start) * 1000 / len(files))
        times = times[2:]
        print(f"{folder.name} {statistics.median(times):.3f} {min(times):.3f} {max(times):.3f}")
