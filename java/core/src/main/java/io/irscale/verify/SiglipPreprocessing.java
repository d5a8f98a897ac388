package io.irscale.verify;

import io.irscale.tensor.JsonConfig;
import io.irscale.text.SiglipConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.DoubleStream;

/** Which preprocessing a SigLIP's folder asks for (transformers {@code image_processing_siglip.py} and {@code _siglip2.py}). */
final class SiglipPreprocessing {
    private static final double HALF = 0.5;
    private static final int BILINEAR = 2;
    private static final int BICUBIC = 3;

    private SiglipPreprocessing() {}

    /**
     * Reads {@code preprocessor_config.json}, else {@code image_processor} of {@code processor_config.json}, else takes
     * the reference's defaults at the model's size.
     *
     * @throws io.irscale.error.InvalidInputException for another interpolation, size or step than the family's
     */
    static Preprocessing read(Path folder, SiglipConfig model) {
        JsonConfig config = file(folder);
        for (String step : new String[] {"do_resize", "do_rescale", "do_normalize"}) {
            if (!config.flag(step, true)) {
                throw config.wrong(step, false, "true");
            }
        }
        double[] mean = colours(config, "image_mean");
        double[] std = colours(config, "image_std");
        if (DoubleStream.of(std).anyMatch(value -> !(value > 0))) {
            throw config.wrong("image_std", config.json("image_std"), "numbers above 0");
        }
        if (model.isNaflex()) {
            require(config, "resample", BILINEAR, "bilinear");
            require(config, "patch_size", model.patchSize(), "the model's");
            int patches = config.size("max_num_patches", 256);
            return new NaflexPreprocessing(model.patchSize(), patches, mean, std);
        }
        require(config, "resample", BICUBIC, "bicubic");
        if (config.has("size")) {
            for (String edge : new String[] {"height", "width"}) {
                require(config.child("size"), edge, model.imageSize(), "the model's image_size");
            }
        }
        int edge = model.imageSize();
        return new ClipPreprocessing(
                ClipPreprocessing.Resize.EXACT,
                edge,
                edge,
                ClipPreprocessing.Filter.BICUBIC,
                ClipPreprocessing.Crop.NONE,
                edge,
                1,
                mean,
                std);
    }

    private static JsonConfig file(Path folder) {
        Path own = folder.resolve("preprocessor_config.json");
        if (Files.exists(own)) {
            return JsonConfig.read(own);
        }
        Path processor = folder.resolve("processor_config.json");
        if (Files.exists(processor) && JsonConfig.read(processor).isObject("image_processor")) {
            return JsonConfig.read(processor).child("image_processor");
        }
        return JsonConfig.of(own, Map.of());
    }

    private static void require(JsonConfig config, String key, int value, String what) {
        if (config.integer(key, value) != value) {
            throw config.wrong(key, config.integer(key), value + ": " + what);
        }
    }

    private static double[] colours(JsonConfig config, String key) {
        double[] values = config.numbers(key).orElse(new double[] {HALF, HALF, HALF});
        if (values.length != 3) {
            throw config.wrong(key, values.length + " values", "3");
        }
        return values;
    }
}
