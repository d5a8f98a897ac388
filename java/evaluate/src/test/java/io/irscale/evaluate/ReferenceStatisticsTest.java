package io.irscale.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.irscale.error.InvalidInputException;
import io.irscale.tensor.Checkpoint;
import io.irscale.tensor.SafetensorsWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceStatisticsTest {
    private static final FeatureSource SOURCE = new FeatureSource("clip", "ab12", "bicubic to 336", "hit-uav test");

    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("statistics.safetensors");
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 40})
    void comeBackToTheLastBit(int count) {
        Features real = RandomFeatures.normal(count, 12, 1, 2, 1);
        Features fake = RandomFeatures.normal(count, 12, 0, 1, 2);
        ReferenceStatistics written = ReferenceStatistics.of(SOURCE, real);
        written.write(file());
        ReferenceStatistics read = ReferenceStatistics.read(file(), SOURCE);
        assertThat(read.source()).isEqualTo(SOURCE);
        assertThat(read.features().values()).containsExactly(real.values());
        assertThat(read.moments().mean()).containsExactly(written.moments().mean());
        assertThat(new FrechetDistance(read.moments(), fake).value())
                .isEqualTo(new FrechetDistance(written.moments(), fake).value());
        try (Checkpoint checkpoint = Checkpoint.open(file())) {
            assertThat(checkpoint.metadata())
                    .containsEntry("weights_sha256", "ab12")
                    .containsEntry("count", Integer.toString(count));
            assertThat(checkpoint.tensor("factor").shape()).containsExactly(Math.min(count, 12L), 12L);
        }
    }

    @Test
    void ofSomethingElseAreRefused() {
        ReferenceStatistics.of(SOURCE, RandomFeatures.normal(5, 3, 0, 1, 1)).write(file());
        Map<FeatureSource, String> others = Map.of(
                new FeatureSource("dinov2", "ab12", "bicubic to 336", "hit-uav test"),
                "encoder 'clip', expected 'dinov2'",
                new FeatureSource("clip", "ab13", "bicubic to 336", "hit-uav test"),
                "weights_sha256 'ab12', expected 'ab13'",
                new FeatureSource("clip", "ab12", "bicubic to 224", "hit-uav test"),
                "preprocessing 'bicubic to 336', expected 'bicubic to 224'",
                new FeatureSource("clip", "ab12", "bicubic to 336", "hit-uav train"),
                "dataset 'hit-uav test', expected 'hit-uav train'");
        others.forEach((other, message) -> assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ReferenceStatistics.read(file(), other))
                .withMessage(file() + ": statistics of " + message));
    }

    @Test
    void aMalformedFileIsRefused() {
        ReferenceStatistics.of(SOURCE, RandomFeatures.normal(5, 3, 0, 1, 1)).write(file());
        Path other = folder.resolve("other.safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(file())) {
            Map<String, String> metadata = new HashMap<>(checkpoint.metadata());
            SafetensorsWriter.write(other, List.of(checkpoint.tensor("features"), checkpoint.tensor("mean")), metadata);
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> ReferenceStatistics.read(other, SOURCE))
                    .withMessage(other + ": tensor 'factor' is missing");
            SafetensorsWriter.write(
                    other,
                    List.of(
                            checkpoint.tensor("features"),
                            checkpoint.tensor("mean"),
                            checkpoint.tensor("mean").named("factor")),
                    metadata);
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> ReferenceStatistics.read(other, SOURCE))
                    .withMessage(other + ": tensor 'factor' is F64 of shape [3], expected F64 of shape [3, 3]");
            metadata.put("count", "6");
            SafetensorsWriter.write(other, checkpoint.tensors().values(), metadata);
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> ReferenceStatistics.read(other, SOURCE))
                    .withMessage(other + ": statistics of count '6', expected '5'");
            SafetensorsWriter.write(other, checkpoint.tensors().values(), Map.of());
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> ReferenceStatistics.read(other, SOURCE))
                    .withMessage(other + ": statistics of encoder '', expected 'clip'");
        }
    }
}
