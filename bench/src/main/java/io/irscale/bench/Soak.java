package io.irscale.bench;

import io.irscale.Diagnostics;
import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.GenerationListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Many generations in one JVM: does resident memory stay flat? Prints a sample every 50 and the slope over the second
 * half, by least squares. Arguments: pipeline, tokenizers, verifier, generations.
 */
public final class Soak {
    private static final int SAMPLE_EVERY = 50;

    private Soak() {}

    /** Runs the study. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 4) {
            throw new IllegalArgumentException("expected: PIPELINE TOKENIZERS VERIFIER GENERATIONS");
        }
        int generations = Integer.parseInt(arguments[3]);
        EngineOptions options = EngineOptions.of(Path.of(arguments[0]))
                .withTokenizers(Path.of(arguments[1]))
                .withVerifier(Path.of(arguments[2]));
        List<double[]> samples = new ArrayList<>();
        try (Engine engine = Engine.open(options)) {
            for (int i = 1; i <= generations; i++) {
                GenerateRequest request = GenerateRequest.of("an infrared image of a road, take " + i)
                        .withSize(96, 64)
                        .withSteps(4)
                        .withMaxSequenceLength(64)
                        .withCandidates(2, i);
                engine.generate(request, GenerationListener.NONE);
                if (i % SAMPLE_EVERY == 0) {
                    samples.add(new double[] {i, residentKib()});
                    System.out.printf(
                            "%d generations: %.1f MiB resident, %d native objects%n",
                            i, residentKib() / 1024.0, Diagnostics.liveObjects());
                }
            }
        }
        System.out.printf(
                "slope over the second half: %.3f KiB a generation; native objects at the end: %d%n",
                slope(samples.subList(samples.size() / 2, samples.size())), Diagnostics.liveObjects());
    }

    private static double residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D+", "")))
                .findFirst()
                .orElseThrow();
    }

    private static double slope(List<double[]> points) {
        double meanX = points.stream().mapToDouble(p -> p[0]).average().orElse(0);
        double meanY = points.stream().mapToDouble(p -> p[1]).average().orElse(0);
        double covariance = points.stream()
                .mapToDouble(p -> (p[0] - meanX) * (p[1] - meanY))
                .sum();
        double variance = points.stream()
                .mapToDouble(p -> (p[0] - meanX) * (p[0] - meanX))
                .sum();
        return covariance / variance;
    }
}
