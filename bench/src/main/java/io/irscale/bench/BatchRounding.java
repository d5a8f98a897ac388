package io.irscale.bench;

import io.irscale.Diagnostics;
import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.GenerationListener;
import io.irscale.ModelDefaults;
import io.irscale.decode.Image;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import io.irscale.tensor.Device;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What a batch changes: images of the demo drawn one candidate at a time, as {@code --deterministic} does, and all
 * candidates of a prompt at once, in turns. Tells how many images differ, by how much at most, how often the best candidate
 * is another one, and what one at a time costs. Arguments: PROMPTS, CANDIDATES, STEPS.
 */
public final class BatchRounding {
    private static final List<String> THINGS = List.of("one car", "two cars", "one person", "two persons", "a bicycle");
    private static final List<String> TIMES = List.of("day", "night");
    private static final int LEAST_HEIGHT = 60;
    private static final int MOST_HEIGHT = 130;

    private final Path demo = Path.of(System.getProperty("irscale.root", ".")).resolve("demo");
    private final int candidates;
    private final int steps;

    private BatchRounding(int candidates, int steps) {
        this.candidates = candidates;
        this.steps = steps;
    }

    /** Prints the counts. */
    public static void main(String[] arguments) {
        if (arguments.length != 3) {
            throw new IllegalArgumentException("expected: PROMPTS CANDIDATES STEPS");
        }
        new BatchRounding(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]))
                .run(Integer.parseInt(arguments[0]));
    }

    /** What one way of drawing gave. */
    private record Drawn(SearchResult found, Map<Integer, byte[]> pixels, double seconds) {}

    private void run(int prompts) {
        EngineOptions options = EngineOptions.of(demo.resolve("pipeline")).withVerifier(demo.resolve("verifier"));
        long images = 0;
        long other = 0;
        int largest = 0;
        int flips = 0;
        int repeated = 0;
        List<Double> ratios = new ArrayList<>();
        try (Engine engine = Engine.open(options)) {
            for (int prompt = 0; prompt < prompts; prompt++) {
                GenerateRequest request = request(prompt);
                Drawn single = draw(engine, request.withBatch(1));
                Drawn batched = draw(engine, request.withBatch(candidates));
                for (int id = 0; id < candidates; id++) {
                    int difference = largestDifference(pixels(single, id), pixels(batched, id));
                    images++;
                    other += difference > 0 ? 1 : 0;
                    largest = Math.max(largest, difference);
                }
                flips += winner(single) == winner(batched) ? 0 : 1;
                if (prompt % 10 == 0) {
                    repeated += same(single, draw(engine, request.withBatch(1))) ? 1 : 0;
                }
                ratios.add(single.seconds() / batched.seconds());
            }
        }
        double[] sorted =
                ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        System.out.printf(
                Locale.ROOT,
                "%s%n%d prompts, best of %d, %d steps: %d of %d images differ in 8 bits, by %d levels at most;"
                        + " the winner is another in %d of %d; one at a time repeats itself in %d of %d;"
                        + " it takes %.2f times as long (quartiles %.2f, %.2f)%n",
                Diagnostics.arithmetic(Device.CPU),
                prompts,
                candidates,
                steps,
                other,
                images,
                largest,
                flips,
                prompts,
                repeated,
                (prompts + 9) / 10,
                sorted[sorted.length / 2],
                sorted[sorted.length / 4],
                sorted[sorted.length * 3 / 4]);
    }

    private GenerateRequest request(int prompt) {
        String text = "an infrared aerial photo at %s from %d m looking straight down, with %s"
                .formatted(
                        TIMES.get(prompt % 2),
                        LEAST_HEIGHT + prompt / 2 % (MOST_HEIGHT - LEAST_HEIGHT),
                        THINGS.get(prompt / 2 % THINGS.size()));
        return ModelDefaults.of(demo.resolve("pipeline"))
                .request(text)
                .withCandidates(candidates, (long) prompt * candidates)
                .withSteps(steps);
    }

    private static Drawn draw(Engine engine, GenerateRequest request) {
        Map<Integer, byte[]> pixels = new ConcurrentHashMap<>();
        long start = System.nanoTime();
        SearchResult found = engine.generate(request, new GenerationListener() {
            @Override
            public void finished(Scored scored, Image image) {
                pixels.put(scored.candidate().id(), image.rgb8());
            }
        });
        return new Drawn(found, pixels, (System.nanoTime() - start) / 1e9);
    }

    private static byte[] pixels(Drawn drawn, int id) {
        return Objects.requireNonNull(drawn.pixels().get(id));
    }

    private static int winner(Drawn drawn) {
        return drawn.found().winner().candidate().id();
    }

    private static boolean same(Drawn a, Drawn b) {
        return a.pixels().keySet().stream().allMatch(id -> Arrays.equals(pixels(a, id), pixels(b, id)));
    }

    private static int largestDifference(byte[] a, byte[] b) {
        int largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs((a[i] & 0xFF) - (b[i] & 0xFF)));
        }
        return largest;
    }
}
