package io.irscale.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.irscale.Diagnostics;
import io.irscale.data.ImageFiles;
import io.irscale.data.layout.Datasets;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.StoredTensor;
import io.irscale.text.ClipSource;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Features and scores of files against open_clip's own: its images of three sizes, written as PNG. */
class ClipImageEncoderTest {
    private static final Path MODEL = Path.of("../core/src/test/goldens/open_clip");
    private static final List<String> SIZES = List.of("wide", "tall", "odd");
    private static final int DIMENSIONS = 10;
    private static final int TEXTS = 5;

    @TempDir
    Path folder;

    private final List<Path> files = new ArrayList<>();
    private final List<float[]> features = new ArrayList<>();
    private final List<float[]> cosines = new ArrayList<>();
    private long live;

    @BeforeAll
    static void libtorch() {
        Diagnostics.torch(Optional.empty());
    }

    @BeforeEach
    void write() throws IOException {
        live = Diagnostics.liveObjects();
        try (Checkpoint golden = Checkpoint.open(MODEL.resolve("golden.safetensors"))) {
            for (String size : SIZES) {
                StoredTensor images = golden.tensor(size + ".images_u8");
                for (int i = 0; i < images.shape().getFirst(); i++) {
                    Path file = folder.resolve(files.size() + ".png");
                    ImageIO.write(image(images.rows(i, i + 1)), "png", file.toFile());
                    files.add(file);
                    features.add(row(golden.tensor(size + ".image_features"), i));
                    cosines.add(row(golden.tensor(size + ".cosines"), i));
                }
            }
        }
    }

    @AfterEach
    void nothingStaysAlive() {
        assertThat(Diagnostics.liveObjects()).isEqualTo(live);
    }

    private static BufferedImage image(StoredTensor rgb) {
        int height = Math.toIntExact(rgb.shape().get(1));
        int width = Math.toIntExact(rgb.shape().get(2));
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 3 * width * height; i++) {
            int sample = rgb.data().get(ValueLayout.JAVA_BYTE, i) & 0xFF;
            image.getRaster().setSample(i / 3 % width, i / 3 / width, i % 3, sample);
        }
        return image;
    }

    private static float[] row(StoredTensor tensor, int i) {
        return tensor.rows(i, i + 1L).data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }

    private static ClipImageEncoder open() {
        return ClipImageEncoder.open(ClipSource.of(MODEL), clip -> MODEL, Device.CPU, DType.F32);
    }

    @Test
    void featuresAreOpenClips() {
        try (ClipImageEncoder encoder = open()) {
            Features actual = encoder.encode(Datasets.open(folder).images(), 8);
            assertThat(actual.count()).isEqualTo(4);
            assertThat(actual.dimensions()).isEqualTo(DIMENSIONS);
            for (int i = 0; i < 4 * DIMENSIONS; i++) {
                // Pillow rounds to 8 bits between its two passes.
                assertThat(actual.values()[i]).isCloseTo(features.get(i / DIMENSIONS)[i % DIMENSIONS], within(5e-3f));
            }
        }
    }

    @Test
    void theBatchDoesNotMatter() {
        try (ClipImageEncoder encoder = open()) {
            ImageFiles all = Datasets.open(folder).images();
            float[] alone = encoder.encode(all, 1).values();
            float[] together = encoder.encode(all, 8).values();
            for (int i = 0; i < alone.length; i++) {
                assertThat(together[i]).isCloseTo(alone[i], within(1e-6f));
            }
        }
    }

    @Test
    void theScoreIsTheMeanCosineOfEachImageWithItsPrompt() {
        List<String> prompts = List.of("a hot road at night", "", "a hot road at night", "");
        int[] texts = {0, 2, 0, 2};
        double expected = 0;
        for (int i = 0; i < 4; i++) {
            assertThat(cosines.get(i)).hasSize(TEXTS);
            expected += cosines.get(i)[texts[i]] / 4;
        }
        try (ClipImageEncoder encoder = open()) {
            RowMean score = ClipScore.of(encoder.verifier(), Device.CPU, ImageFiles.ofFiles(files), prompts, 8);
            assertThat(score.count()).isEqualTo(4);
            assertThat(score.value()).isCloseTo(expected, within(5e-3));
            assertThat(score.of(new int[] {1})).isCloseTo(cosines.get(1)[2], within(5e-3));
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> ClipScore.of(
                            encoder.verifier(), Device.CPU, ImageFiles.ofFiles(files), prompts.subList(0, 3), 8))
                    .withMessage("CLIP score: 4 images come with 3 prompts, expected one an image");
        }
    }

    @Test
    void itsSourceNamesWeightsAndPreprocessing() {
        try (ClipImageEncoder encoder = open()) {
            FeatureSource source = FeatureSource.of(encoder, "frames");
            assertThat(source.encoder()).isEqualTo("clip");
            assertThat(source.weights())
                    .matches("[0-9a-f]{64}")
                    .isEqualTo(WeightsHash.of(MODEL.resolve("open_clip_model.safetensors")))
                    .isNotEqualTo(WeightsHash.of(MODEL.resolve("golden.safetensors")));
            assertThat(source.preprocessing())
                    .startsWith("8 bits, bicubic to 16, crop to 16 (half of an odd margin to even), mean [0.48145466,");
        }
    }
}
