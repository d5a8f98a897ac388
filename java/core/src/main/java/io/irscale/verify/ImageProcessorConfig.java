package io.irscale.verify;

import io.irscale.tensor.JsonConfig;
import io.irscale.verify.ClipPreprocessing.Crop;
import io.irscale.verify.ClipPreprocessing.Filter;
import io.irscale.verify.ClipPreprocessing.Resize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The settings of transformers' {@code CLIPImageProcessor} ({@code image_processing_pil_clip.py}, {@code
 * image_processing_backends.py}, {@code PilBackend}), as any of its versions saved them.
 */
final class ImageProcessorConfig {
    // Suffixes are of implementations, the second name of versions before 4.25.
    private static final Pattern KIND = Pattern.compile("CLIP(ImageProcessor(Fast|Pil)?|FeatureExtractor)");
    // Ten times the published ones. Every image is resized to this before it is cropped.
    private static final int LARGEST = 4096;
    private static final String SIZES =
            "an edge, [height, width], {\"shortest_edge\": edge} or {\"height\": height, \"width\": width}, each 1 to "
                    + LARGEST;

    private final JsonConfig config;

    private ImageProcessorConfig(JsonConfig config) {
        this.config = config;
    }

    /** In the order of transformers ({@code image_processing_base.py}, {@code get_image_processor_dict}). */
    static Optional<ImageProcessorConfig> find(Path folder) {
        Path whole = folder.resolve("processor_config.json");
        if (Files.exists(whole)) {
            JsonConfig processor = JsonConfig.read(whole);
            if (processor.has("image_processor")) {
                return Optional.of(new ImageProcessorConfig(processor.child("image_processor")));
            }
        }
        return Optional.of(folder.resolve("preprocessor_config.json"))
                .filter(Files::exists)
                .map(file -> new ImageProcessorConfig(JsonConfig.read(file)));
    }

    ClipPreprocessing preprocessing(int imageSize) {
        requireClips();
        Resize resize = config.flag("do_resize", true) ? resize() : Resize.NONE;
        List<Integer> size = resize == Resize.NONE ? List.of(imageSize, imageSize) : size(imageSize);
        boolean crops = config.flag("do_center_crop", true);
        if (crops) {
            requireCrop(imageSize);
        } else if (resize != Resize.NONE && !size.equals(List.of(imageSize, imageSize))) {
            throw config.wrong(
                    "size",
                    config.json("size"),
                    "the model's image_size " + imageSize + " where do_center_crop is false");
        }
        boolean normalizes = config.flag("do_normalize", true);
        return new ClipPreprocessing(
                resize,
                size.get(0),
                size.get(1),
                filter(),
                crops ? Crop.DOWN : Crop.NONE,
                imageSize,
                scale(),
                normalizes ? Colours.means(config, "image_mean") : new double[] {0, 0, 0},
                normalizes ? Colours.deviations(config, "image_std") : new double[] {1, 1, 1});
    }

    private void requireClips() {
        for (String key : List.of("image_processor_type", "feature_extractor_type")) {
            String kind = config.text(key, "CLIPImageProcessor");
            if (!KIND.matcher(kind).matches()) {
                throw config.wrong(key, kind, "CLIPImageProcessor");
            }
        }
        for (String key : List.of("do_pad", "use_square_size")) {
            if (config.flag(key, false)) {
                throw config.wrong(key, true, "false: CLIP's image processor crops");
            }
        }
    }

    private Resize resize() {
        if (!config.has("size")) {
            return Resize.SHORTEST;
        }
        boolean edge = config.isObject("size")
                ? config.child("size").has("shortest_edge")
                : !config.isArray("size") && !config.flag("default_to_square", false);
        return edge ? Resize.SHORTEST : Resize.EXACT;
    }

    /** Height and width, both the edge where one is given. */
    private List<Integer> size(int absent) {
        return config.has("size") ? edges("size", true) : List.of(absent, absent);
    }

    private void requireCrop(int imageSize) {
        if (config.has("crop_size") && !edges("crop_size", false).equals(List.of(imageSize, imageSize))) {
            throw config.wrong("crop_size", config.json("crop_size"), "the model's image_size " + imageSize);
        }
    }

    // transformers' get_size_dict (image_processing_utils.py).
    private List<Integer> edges(String key, boolean shortest) {
        List<Integer> edges = new ArrayList<>();
        if (config.isObject(key)) {
            JsonConfig object = config.child(key);
            Set<String> given = object.given();
            if (shortest && given.equals(Set.of("shortest_edge"))) {
                edges.addAll(List.of(object.integer("shortest_edge"), object.integer("shortest_edge")));
            } else if (given.equals(Set.of("height", "width"))) {
                edges.addAll(List.of(object.integer("height"), object.integer("width")));
            }
        } else if (config.isArray(key)) {
            edges.addAll(config.integers(key).orElseThrow());
        } else {
            edges.addAll(List.of(config.integer(key), config.integer(key)));
        }
        if (edges.size() != 2 || edges.stream().anyMatch(edge -> edge < 1 || edge > LARGEST)) {
            throw config.wrong(key, config.json(key), SIZES);
        }
        return edges;
    }

    private Filter filter() {
        if (!config.has("resample")) {
            return Filter.BICUBIC;
        }
        int code = config.integer("resample");
        return Filter.of(code)
                .orElseThrow(() -> config.wrong("resample", code, "0 to 5, PIL's filters, such as 3 (bicubic)"));
    }

    /** Of values in [0, 1], which come as levels to 255. */
    private double scale() {
        if (!config.flag("do_rescale", true)) {
            return 255;
        }
        double factor = config.number("rescale_factor", 1 / 255.0);
        if (!(factor > 0)) {
            throw config.wrong("rescale_factor", factor, "a number above 0");
        }
        return factor * 255;
    }
}
