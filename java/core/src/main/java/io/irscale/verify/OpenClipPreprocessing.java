package io.irscale.verify;

import io.irscale.tensor.JsonConfig;
import io.irscale.verify.ClipPreprocessing.Crop;
import io.irscale.verify.ClipPreprocessing.Filter;
import io.irscale.verify.ClipPreprocessing.Resize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code preprocess_cfg} of {@code open_clip_config.json} (open_clip {@code transform.py}, {@code image_transform_v2}). */
final class OpenClipPreprocessing {
    private OpenClipPreprocessing() {}

    static ClipPreprocessing read(Path folder, int imageSize) {
        Path file = folder.resolve("open_clip_config.json");
        if (!Files.exists(file)) {
            return ClipPreprocessing.standard(imageSize, Crop.HALF_EVEN);
        }
        JsonConfig whole = JsonConfig.read(file);
        return whole.has("preprocess_cfg")
                ? of(whole.child("preprocess_cfg"), imageSize)
                : ClipPreprocessing.standard(imageSize, Crop.HALF_EVEN);
    }

    private static ClipPreprocessing of(JsonConfig config, int imageSize) {
        if (!config.text("mode", "RGB").equals("RGB")) {
            throw config.wrong("mode", config.text("mode", ""), "RGB");
        }
        requireSize(config, imageSize);
        Resize resize = resize(config);
        if (resize == Resize.LONGEST && config.number("fill_color", 0) != 0) {
            throw config.wrong("fill_color", config.json("fill_color"), "0: irscale frames images in black only");
        }
        return new ClipPreprocessing(
                resize,
                imageSize,
                imageSize,
                filter(config),
                resize == Resize.EXACT ? Crop.NONE : Crop.HALF_EVEN,
                imageSize,
                1,
                Colours.means(config, "mean"),
                Colours.deviations(config, "std"));
    }

    private static void requireSize(JsonConfig config, int imageSize) {
        if (!config.has("size")) {
            return;
        }
        List<Integer> size =
                config.isArray("size") ? config.integers("size").orElseThrow() : List.of(config.integer("size"));
        if (size.isEmpty() || size.size() > 2 || !size.stream().allMatch(edge -> edge == imageSize)) {
            throw config.wrong("size", config.json("size"), "the model's image_size " + imageSize);
        }
    }

    private static Resize resize(JsonConfig config) {
        String mode = config.text("resize_mode", "shortest");
        return switch (mode) {
            case "shortest" -> Resize.SHORTEST;
            case "longest" -> Resize.LONGEST;
            case "squash" -> Resize.EXACT;
            default -> throw config.wrong("resize_mode", mode, "shortest, longest or squash");
        };
    }

    private static Filter filter(JsonConfig config) {
        String name = config.text("interpolation", "bicubic");
        return switch (name) {
            case "bilinear" -> Filter.BILINEAR;
            case "bicubic", "random" -> Filter.BICUBIC; // random is for training
            default -> throw config.wrong("interpolation", name, "bicubic, bilinear or random");
        };
    }
}
