package io.irscale.cli;

import static io.irscale.cli.Cli.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.irscale.tensor.Checkpoint;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Real images by their statistics in a {@code .npz}, as against the images themselves. */
final class EvaluateNpzTest {
    private static final Path DINOV2 = Cli.GOLDENS.resolveSibling("dinov2");
    private static final int REAL = 9;
    private static final int D = 12;

    @TempDir
    private Path folder = Path.of("");

    private JsonNode byImages = new JsonMapper().createObjectNode();
    private double[] features = {};

    @BeforeEach
    void measureByImages() throws IOException {
        GreyFrames.draw(folder.resolve("real"), REAL, 60, 1);
        GreyFrames.draw(folder.resolve("generated"), 7, 90, 2);
        Path cache = folder.resolve("cache");
        assertThat(evaluate(folder.resolve("real"), "--cache", cache).complaints())
                .hasSize(1); // where statistics are kept
        byImages = metrics();
        try (Stream<Path> files = Files.list(cache);
                Checkpoint checkpoint = Checkpoint.open(files.findFirst().orElseThrow())) {
            float[] values = checkpoint.tensor("features").data().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            features = new double[values.length];
            for (int i = 0; i < values.length; i++) {
                features[i] = values[i];
            }
        }
    }

    private Cli evaluate(Path real, Object... more) {
        List<Object> arguments = new ArrayList<>(List.of(
                "evaluate",
                "--real",
                real,
                "--generated",
                folder.resolve("generated"),
                "--encoder",
                "dinov2=" + DINOV2,
                "--draws",
                20,
                "--overwrite",
                "--out",
                folder.resolve("out")));
        arguments.addAll(List.of(more));
        return Cli.run(arguments.toArray());
    }

    private JsonNode metrics() throws IOException {
        return new JsonMapper()
                .readTree(Files.readAllBytes(folder.resolve("out").resolve("metrics.json")))
                .path("encoders")
                .get(0);
    }

    private Path npz(Map<String, double[]> arrays, String... shapes) throws IOException {
        Path file = folder.resolve("real.npz");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            int i = 0;
            for (Map.Entry<String, double[]> array : arrays.entrySet()) {
                byte[] header = "{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }\n"
                        .formatted(shapes[i++])
                        .getBytes(StandardCharsets.US_ASCII);
                ByteBuffer bytes = ByteBuffer.allocate(10 + header.length + array.getValue().length * Double.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN);
                bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
                bytes.putShort((short) header.length).put(header);
                for (double value : array.getValue()) {
                    bytes.putDouble(value);
                }
                zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
                zip.write(bytes.array());
            }
        }
        return file;
    }

    /** {@code mean(0)} and {@code numpy.cov(features, rowvar=False)}. */
    private Path moments() throws IOException {
        double[] mu = new double[D];
        double[] sigma = new double[D * D];
        for (int i = 0; i < features.length; i++) {
            mu[i % D] += features[i] / REAL;
        }
        for (int row = 0; row < REAL; row++) {
            for (int i = 0; i < D * D; i++) {
                sigma[i] +=
                        (features[row * D + i / D] - mu[i / D]) * (features[row * D + i % D] - mu[i % D]) / (REAL - 1);
            }
        }
        Map<String, double[]> arrays = new LinkedHashMap<>();
        arrays.put("mu", mu);
        arrays.put("sigma", sigma);
        return npz(arrays, D + ",", D + ", " + D);
    }

    @Test
    void muAndSigmaGiveTheFrechetDistanceWithItsIntervalAndNothingElse() throws IOException {
        Cli done = evaluate(moments());
        assertThat(done.complaints())
                .singleElement()
                .asString()
                .contains(
                        "real.npz: mu and sigma of 12 dimensions, by which fd alone is measured; the file does not say");
        assertThat(done.out()).contains("mean and covariance of real images (statistics)");
        JsonNode made = metrics();
        assertThat(made.required("real_images").isNull()).isTrue();
        assertThat(made.required("real_from_statistics").booleanValue()).isTrue();
        assertThat(made.path("metrics").propertyNames()).containsExactly("fd");
        for (String end : List.of("value", "low", "high")) {
            String at = "/metrics/fd/arms/generated/" + end;
            double expected = byImages.at(at).doubleValue();
            assertThat(made.at(at).doubleValue()).as(end).isCloseTo(expected, within(1e-6 * expected));
        }
    }

    @Test
    void featuresGiveEveryNumberOfTheImages() throws IOException {
        Path file = npz(Map.of("feats", features), REAL + ", " + D);
        Cli done = evaluate(file);
        assertThat(done.complaints()).singleElement().asString().contains("feats of 9 images in 12 dimensions");
        assertThat(metrics().path("metrics")).isEqualTo(byImages.path("metrics"));
        assertThat(evaluate(file, "--real-count", 8).code()).isEqualTo(ExitCode.OK);
        assertThat(metrics().required("real_images").intValue()).isEqualTo(8);
        assertRefused(evaluate(file, "--real-count", 10), "--real-count 10: expected 1 to 9");
        assertRefused(evaluate(file, "--real-count", 4), "4 images are compared, expected at least 6");
    }

    @Test
    void whatMuAndSigmaCannotGiveIsOneLine() throws IOException {
        Path file = moments();
        assertRefused(evaluate(file, "--metrics", "fd,kid"), "--metrics kid: " + file + " holds mu and sigma");
        assertRefused(evaluate(file, "--real-count", 5), "--real-count 5: " + file + " holds mu and sigma");
        assertRefused(
                evaluate(file, "--encoder", "dinov2=" + DINOV2.resolveSibling("dinov2/.")),
                "statistics are of one encoder");
        Map<String, double[]> two = new LinkedHashMap<>();
        two.put("mu", new double[2]);
        two.put("sigma", new double[4]);
        Cli other = evaluate(npz(two, "2,", "2, 2"));
        assertThat(other.complaints())
                .last()
                .asString()
                .contains("statistics of 2 dimensions are of another network, expected 12 as encoder dinov2 has");
        assertThat(other.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertRefused(
                evaluate(Files.write(folder.resolve("mu.npy"), new byte[9])),
                "mu.npy: is a file, expected the folder of a data set");
    }
}
