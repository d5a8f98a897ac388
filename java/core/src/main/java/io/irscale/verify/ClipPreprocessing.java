package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeClip;
import io.irscale.tensor.JsonConfig;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * From images to CLIP's input, batched on the device: bicubic with antialias to the shortest edge, centre crop,
 * normalisation (transformers {@code CLIPImageProcessor}, open_clip {@code transform.py}). Both resize by Pillow, which
 * rounds and clips to 8 bits after each of its two passes; this does not, so that pixels differ by up to 4 of 255.
 *
 * @param resize shortest edge after resizing; 0 where both edges become {@code crop}, as SigLIP has it
 * @param crop edge of the square crop, at most {@code resize}
 * @param halfEven whether half of an odd margin around the crop goes to the even neighbour (open_clip: torchvision's
 *     {@code center_crop}), else down (transformers)
 * @param mean per colour
 * @param std per colour, above 0
 */
@SuppressWarnings("ArrayRecordComponent") // three numbers each, compared by nobody
public record ClipPreprocessing(int resize, int crop, boolean halfEven, double[] mean, double[] std)
        implements Preprocessing {
    private static final double[] CLIP_MEAN = {0.48145466, 0.4578275, 0.40821073};
    private static final double[] CLIP_STD = {0.26862954, 0.26130258, 0.27577711};
    private static final int BICUBIC = 3;

    /**
     * Reads {@code preprocessor_config.json} of a CLIP folder; OpenAI's values at {@code imageSize} where there is none.
     *
     * @throws InvalidInputException for another interpolation or size than CLIP's
     */
    public static ClipPreprocessing read(Path folder, int imageSize) {
        Path file = folder.resolve("preprocessor_config.json");
        if (!Files.exists(file)) {
            return new ClipPreprocessing(imageSize, imageSize, false, CLIP_MEAN, CLIP_STD);
        }
        JsonConfig config = JsonConfig.read(file);
        if (config.integer("resample", BICUBIC) != BICUBIC) {
            throw config.wrong("resample", config.integer("resample"), BICUBIC + " (bicubic)");
        }
        int resize = edge(config, "size", "shortest_edge", imageSize);
        int crop = edge(config, "crop_size", "height", imageSize);
        if (crop != imageSize || crop > resize) {
            throw config.wrong("crop_size", crop, "the model's image_size " + imageSize + ", at most size " + resize);
        }
        return new ClipPreprocessing(
                resize, crop, false, colours(config, "image_mean", CLIP_MEAN), deviations(config, "image_std"));
    }

    private static double[] deviations(JsonConfig config, String key) {
        double[] std = colours(config, key, CLIP_STD);
        for (double value : std) {
            if (!(value > 0)) {
                throw config.wrong(key, value, "a number above 0");
            }
        }
        return std;
    }

    /**
     * Reads {@code preprocess_cfg} of {@code open_clip_config.json}; OpenAI's values at {@code imageSize} for what it
     * leaves out (open_clip {@code transform.py}, {@code PreprocessCfg}).
     *
     * @throws InvalidInputException for another interpolation, resizing or size than CLIP's
     */
    public static ClipPreprocessing readOpenClip(Path folder, int imageSize) {
        JsonConfig whole = JsonConfig.read(folder.resolve("open_clip_config.json"));
        if (!whole.has("preprocess_cfg")) {
            return new ClipPreprocessing(imageSize, imageSize, true, CLIP_MEAN, CLIP_STD);
        }
        JsonConfig config = whole.child("preprocess_cfg");
        require(config, "interpolation", "bicubic");
        require(config, "resize_mode", "shortest");
        require(config, "mode", "RGB");
        if (config.integer("size", imageSize) != imageSize) {
            throw config.wrong("size", config.integer("size"), "the model's image_size " + imageSize);
        }
        return new ClipPreprocessing(
                imageSize, imageSize, true, colours(config, "mean", CLIP_MEAN), deviations(config, "std"));
    }

    private static void require(JsonConfig config, String key, String value) {
        String found = config.text(key, value);
        if (!found.equals(value)) {
            throw config.wrong(key, found, value);
        }
    }

    // Older files hold a bare number, newer ones an object.
    private static int edge(JsonConfig config, String key, String inner, int absent) {
        if (!config.has(key)) {
            return absent;
        }
        return config.isObject(key) ? config.child(key).integer(inner) : config.integer(key);
    }

    private static double[] colours(JsonConfig config, String key, double[] absent) {
        double[] values = config.numbers(key).orElse(absent);
        if (values.length != 3) {
            throw config.wrong(key, values.length + " values", "3");
        }
        return values;
    }

    @Override
    public int fullEdge() {
        return Math.max(resize, crop);
    }

    @Override
    public String describe() {
        String colours = "mean %s, std %s".formatted(Arrays.toString(mean), Arrays.toString(std));
        return resize == 0
                ? "8 bits, bicubic to %d x %d, %s".formatted(crop, crop, colours)
                : "8 bits, bicubic to %d, crop to %d (half of an odd margin %s), %s"
                        .formatted(resize, crop, halfEven ? "to even" : "down", colours);
    }

    /** Images (N, 3, H, W) in [0, 1] to (N, 3, crop, crop) in F32. */
    @Override
    public Tensor apply(Tensor images) {
        try (Arena arena = Arena.ofConfined()) {
            return Tensor.create(out -> NativeClip.preprocess(
                    out,
                    images.handle(),
                    resize,
                    crop,
                    halfEven ? 1 : 0,
                    arena.allocateFrom(ValueLayout.JAVA_DOUBLE, mean),
                    arena.allocateFrom(ValueLayout.JAVA_DOUBLE, std)));
        }
    }
}
