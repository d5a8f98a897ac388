package io.irscale.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.irscale.GoldenTensors;
import io.irscale.denoise.Kernel;
import io.irscale.ffi.NoLeaks;
import io.irscale.ffi.TorchLibraries;
import io.irscale.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Settings of image processors against transformers 5.18 and Pillow: {@code goldens/clip_preprocessing/make.py}. */
@ExtendWith(NoLeaks.class)
class ClipPreprocessingGoldenTest {
    private static final String GOLDEN = "clip_preprocessing/golden.safetensors";
    private static final List<String> IMAGES = List.of("wide", "tall", "small", "right");
    private static final int EDGE = 8;

    @TempDir
    Path folder;

    @BeforeAll
    static void libtorch() {
        TorchLibraries.open(Optional.empty());
    }

    @AfterEach
    void restore() {
        Kernel.enableAllBut(Set.of());
    }

    static List<String> cases() throws IOException {
        return List.copyOf(new JsonMapper()
                .readTree(GoldenTensors.GOLDENS.resolve("clip_preprocessing/cases.json"))
                .propertyNames());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void pixelsAreThoseOfTheReference(String name) throws IOException {
        String settings = new JsonMapper()
                .readTree(GoldenTensors.GOLDENS.resolve("clip_preprocessing/cases.json"))
                .required(name)
                .toString();
        Files.writeString(folder.resolve("preprocessor_config.json"), settings);
        check(ClipPreprocessing.read(folder, EDGE), name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bilinear", "bicubic"})
    void openClipFramesTheLongestEdge(String interpolation) throws IOException {
        Files.writeString(folder.resolve("open_clip_config.json"), """
                {"preprocess_cfg": {"size": [8, 8], "resize_mode": "longest", "interpolation": "%s", "mean": 0,
                 "std": [1, 1, 1]}}""".formatted(interpolation));
        check(
                ClipPreprocessing.readOpenClip(folder, EDGE),
                interpolation.equals("bilinear") ? "longest_2" : "longest_3");
    }

    @Test
    void openClipSquashesToTheSameSizeAsTransformers() throws IOException {
        Files.writeString(folder.resolve("open_clip_config.json"), """
                {"preprocess_cfg": {"resize_mode": "squash", "interpolation": "random", "mean": [0.5, 0.4, 0.3],
                 "std": [0.25, 0.2, 0.3]}}""");
        check(ClipPreprocessing.readOpenClip(folder, EDGE), "exact");
    }

    /** By the kernel, and by the operators that a gradient goes through. */
    private static void check(ClipPreprocessing preprocessing, String name) throws IOException {
        GoldenTensors golden = new GoldenTensors(GOLDEN);
        for (boolean kernel : List.of(true, false)) {
            Kernel.enableAllBut(kernel ? Set.of() : Set.of(Kernel.CLIP_PREPROCESS));
            for (String image : IMAGES) {
                try (Tensor frames = ClipPreprocessingTest.frames(golden, image + ".images_u8");
                        Tensor pixels = preprocessing.apply(frames)) {
                    float[] expected = golden.floats(name + "." + image);
                    float[] actual = pixels.floats();
                    assertThat(pixels.shape()).isEqualTo(golden.shape(name + "." + image));
                    for (int i = 0; i < expected.length; i++) {
                        assertThat(actual[i])
                                .as("%s, value %d", image, i)
                                .isCloseTo(expected[i], within(3e-6f * Math.max(1, Math.abs(expected[i]))));
                    }
                }
            }
        }
    }
}
