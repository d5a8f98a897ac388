package io.irscale.verify;

import io.irscale.error.InvalidInputException;
import io.irscale.ffi.NativeClip;
import io.irscale.ffi.NativeStructs;
import io.irscale.ffi.Struct;
import io.irscale.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * From images to CLIP's input, batched on the device: resizing with antialias, centre crop, normalisation (transformers
 * {@code CLIPImageProcessor}, open_clip {@code transform.py}). Both resize by Pillow, which rounds and clips to 8 bits
 * after each of its two passes; this does not, so that pixels differ by up to 4 of 255.
 *
 * @param resize how the image's size changes
 * @param height in pixels, after resizing; of one edge for {@link Resize#SHORTEST} and {@link Resize#LONGEST}
 * @param width in pixels, after resizing to an {@link Resize#EXACT} size
 * @param filter what it is resized by
 * @param crop how the middle is cut out; what an image does not reach is black
 * @param edge pixels along an edge of the result, the model's image_size
 * @param scale what values in [0, 1] are multiplied with before they are normalised, above 0
 * @param mean per colour
 * @param std per colour, above 0
 */
@SuppressWarnings("ArrayRecordComponent") // three numbers each, compared by nobody
public record ClipPreprocessing(
        Resize resize,
        int height,
        int width,
        Filter filter,
        Crop crop,
        int edge,
        double scale,
        double[] mean,
        double[] std)
        implements Preprocessing {

    /** How the image's size changes; the code is {@code IRS_RESIZE_*}. */
    public enum Resize {
        /** It does not. */
        NONE(0),
        /** The shortest edge is given, the aspect stays. */
        SHORTEST(1),
        /** The longest edge is given, the aspect stays. */
        LONGEST(2),
        /** Height and width are given. */
        EXACT(3);

        private final int code;

        Resize(int code) {
            this.code = code;
        }
    }

    /** What images are resized by; the code is {@code IRS_FILTER_*}, and PIL's. */
    public enum Filter {
        NEAREST(0),
        LANCZOS(1),
        BILINEAR(2),
        BICUBIC(3),
        BOX(4),
        HAMMING(5);

        private final int code;

        Filter(int code) {
            this.code = code;
        }

        static Optional<Filter> of(int code) {
            return Stream.of(values()).filter(each -> each.code == code).findFirst();
        }

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How the middle is cut out; the code is {@code IRS_CROP_*}. */
    public enum Crop {
        /** The resized image is the result. */
        NONE(0),
        /** Half of an odd margin goes down, as in transformers' {@code center_crop}. */
        DOWN(1),
        /** It goes to the even neighbour, as in torchvision's, which open_clip uses. */
        HALF_EVEN(2);

        private final int code;

        Crop(int code) {
            this.code = code;
        }
    }

    static final double[] CLIP_MEAN = {0.48145466, 0.4578275, 0.40821073};
    static final double[] CLIP_STD = {0.26862954, 0.26130258, 0.27577711};

    /** OpenAI's values. */
    static ClipPreprocessing standard(int imageSize, Crop crop) {
        return new ClipPreprocessing(
                Resize.SHORTEST, imageSize, imageSize, Filter.BICUBIC, crop, imageSize, 1, CLIP_MEAN, CLIP_STD);
    }

    /**
     * Reads the image processor of a transformers folder: what {@code processor_config.json} holds, else {@code
     * preprocessor_config.json}; OpenAI's values at {@code imageSize} where there is neither.
     *
     * @throws InvalidInputException for settings that CLIP's image processor does not have, or another result than the
     *     model's image size
     */
    public static ClipPreprocessing read(Path folder, int imageSize) {
        return ImageProcessorConfig.find(folder)
                .map(config -> config.preprocessing(imageSize))
                .orElseGet(() -> standard(imageSize, Crop.DOWN));
    }

    /**
     * Reads {@code preprocess_cfg} of {@code open_clip_config.json}; OpenAI's values at {@code imageSize} for what it
     * leaves out, or where there is no such file (open_clip {@code transform.py}, {@code PreprocessCfg}).
     *
     * @throws InvalidInputException for settings that open_clip does not have, or another size than the model's
     */
    public static ClipPreprocessing readOpenClip(Path folder, int imageSize) {
        return OpenClipPreprocessing.read(folder, imageSize);
    }

    @Override
    public int fullEdge() {
        return switch (resize) {
            case NONE -> Integer.MAX_VALUE; // what is cropped depends on the size
            case SHORTEST, LONGEST -> height;
            case EXACT -> Math.max(height, width);
        };
    }

    @Override
    public String describe() {
        String size = switch (resize) {
            case NONE -> "not resized";
            case SHORTEST -> filter.label() + " to " + height;
            case LONGEST -> filter.label() + " to a longest edge of " + height;
            case EXACT -> filter.label() + " to " + height + " x " + width;
        };
        String cut = switch (crop) {
            case NONE -> "no crop";
            case DOWN -> "crop to %d (half of an odd margin down)".formatted(edge);
            case HALF_EVEN -> "crop to %d (half of an odd margin to even)".formatted(edge);
        };
        return "8 bits, %s, %s, %smean %s, std %s"
                .formatted(
                        size,
                        cut,
                        scale == 1 ? "" : "times " + scale + ", ",
                        Arrays.toString(mean),
                        Arrays.toString(std));
    }

    /** Images (N, 3, H, W) in [0, 1] to (N, 3, edge, edge) in F32. */
    @Override
    public Tensor apply(Tensor images) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment config = struct(arena);
            return Tensor.create(out -> NativeClip.preprocess(out, images.handle(), config));
        }
    }

    MemorySegment struct(Arena arena) {
        return new Struct(arena, NativeStructs.CLIP_PREPROCESSING)
                .set("resize", resize.code)
                .set("height", height)
                .set("width", width)
                .set("filter", filter.code)
                .set("crop", crop.code)
                .set("edge", edge)
                .set("scale", scale)
                .set("mean", mean)
                .set("std", std)
                .memory();
    }
}
