package io.irscale.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.Diagnostics;
import io.irscale.data.layout.Datasets;
import io.irscale.error.InvalidInputException;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import java.awt.image.BufferedImage;
import java.io.IOException;
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

/** DINOv2 over files; what it computes is held to transformers in the core's tests. */
class EncodersTest {
    private static final Path MODEL = Path.of("../core/src/test/goldens/dinov2");

    @TempDir
    Path folder;

    private long live;

    @BeforeAll
    static void libtorch() {
        Diagnostics.torch(Optional.empty());
    }

    @BeforeEach
    void write() throws IOException {
        live = Diagnostics.liveObjects();
        for (int i = 0; i < 3; i++) {
            BufferedImage image = new BufferedImage(20 + i, 16, BufferedImage.TYPE_BYTE_GRAY);
            for (int x = 0; x < image.getWidth(); x++) {
                image.getRaster().setSample(x, i, 0, 12 * x);
            }
            ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
        }
    }

    @AfterEach
    void nothingStaysAlive() {
        assertThat(Diagnostics.liveObjects()).isEqualTo(live);
    }

    @Test
    void filesBecomeRowsAndProgressIsTold() {
        try (Dinov2Encoder encoder = Dinov2Encoder.open(MODEL, Device.CPU, DType.F32)) {
            List<Integer> done = new ArrayList<>();
            Features features = encoder.encode(Datasets.open(folder).images(), 8, done::add);
            assertThat(features.count()).isEqualTo(3);
            assertThat(features.dimensions()).isEqualTo(12);
            assertThat(done).containsExactly(1, 2, 3);
        }
    }

    @Test
    void statisticsAreReadByTheEncoderThatMadeThem() {
        Path file = folder.resolve("statistics.safetensors");
        try (Dinov2Encoder encoder = Dinov2Encoder.open(MODEL, Device.CPU, DType.F32)) {
            Features features = encoder.encode(Datasets.open(folder).images(), 8);
            ReferenceStatistics.of(FeatureSource.of(encoder, "frames"), features)
                    .write(file);
            ReferenceStatistics read = ReferenceStatistics.read(file, encoder);
            assertThat(read.features().values()).isEqualTo(features.values());
            assertThat(read.source().dataset()).isEqualTo("frames");
            FeatureSource source = read.source();
            ReferenceStatistics.of(
                            new FeatureSource("inception", source.weights(), source.preprocessing(), "frames"),
                            features)
                    .write(file);
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> ReferenceStatistics.read(file, encoder))
                    .withMessage(file + ": statistics of encoder 'inception', expected 'dinov2'");
        }
    }
}
