package io.irscale.cli.reproduce;

import io.irscale.Engine;
import io.irscale.EngineOptions;
import io.irscale.GenerateRequest;
import io.irscale.GenerationListener;
import io.irscale.LoraMode;
import io.irscale.ModelDefaults;
import io.irscale.SearchRequest;
import io.irscale.SearchSeries;
import io.irscale.cli.Interruption;
import io.irscale.cli.ProgressView;
import io.irscale.cli.reproduce.Arm.Shot;
import io.irscale.decode.Image;
import io.irscale.file.AtomicFile;
import io.irscale.lora.LoraSpec;
import io.irscale.report.Png;
import io.irscale.search.Budget;
import io.irscale.search.Scored;
import io.irscale.search.SearchResult;
import io.irscale.search.Strategy;
import io.irscale.strategy.RandomSearch;
import io.irscale.tensor.DType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;

/** Draws the arms: for every prompt the images of one seed, by one strategy each. An arm that is there is not drawn again. */
final class Drawing implements AutoCloseable {
    static final String KEPT = "finished arms are kept; the same command goes on";

    // Apart, so that no two prompts' candidates start from one noise.
    private static final long SEEDS_A_PROMPT = 4096;

    private final Recipe recipe;
    private final List<String> prompts;
    private final Path samples;
    private final String source;
    private final ModelDefaults defaults;
    private final Engine engine;
    private final ProgressView progress;
    private final Interruption interruption;

    /** An engine for the adapted generator and the verifier. */
    Drawing(
            Recipe recipe,
            List<String> prompts,
            Path lora,
            Path verifier,
            ProgressView progress,
            Interruption interruption) {
        this.recipe = recipe;
        this.prompts = prompts;
        this.progress = progress;
        this.interruption = interruption;
        samples = recipe.samples();
        Extent extent = recipe.extent();
        source = "%s, %s, LoRA of %d images and %d steps, verifier of %d and %d steps, %d prompts"
                .formatted(
                        recipe.base(),
                        recipe.description(),
                        extent.loraImages(),
                        extent.loraSteps(),
                        extent.verifierSteps(),
                        extent.previewSteps(),
                        prompts.size());
        defaults = ModelDefaults.of(recipe.base());
        engine = engine(recipe, lora, verifier);
    }

    /** The adapted generator with a verifier, for the caller to close. */
    static Engine engine(Recipe recipe, Path lora, Path verifier) {
        EngineOptions options = EngineOptions.of(recipe.base())
                .withVerifier(verifier)
                .on(recipe.device())
                .in(DType.BF16);
        Engine engine = Engine.open(recipe.libtorch().map(options::withLibtorch).orElse(options));
        try {
            engine.loras(List.of(new LoraSpec(lora, 1)), LoraMode.MERGED, true);
            return engine;
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /** Forwards of one image. */
    long forwards(float guidance) {
        return request(0, guidance).forwards();
    }

    private GenerateRequest request(int prompt, float guidance) {
        return defaults.request(prompts.get(prompt))
                .withCandidates(1, (recipe.seed() + prompt) * SEEDS_A_PROMPT)
                .withSize(recipe.size(), recipe.size())
                .withTrueCfg(guidance, "");
    }

    /** The best of 1, 2, 4 ... {@code most} candidates, all of the same ones. */
    List<Arm> bestOf(float guidance, int most) {
        List<Integer> sizes = new ArrayList<>();
        for (int n = 1; n <= most; n *= 2) {
            sizes.add(n);
        }
        List<String> names = sizes.stream()
                .map(n -> name(guidance, n == 1 ? "unguided" : "best-of-" + n))
                .toList();
        return draw(
                names,
                prompt -> SearchRequest.of(
                        request(prompt, guidance), new RandomSearch(OptionalInt.of(most)), Budget.NONE),
                found -> sizes.stream()
                        .map(n -> new Choice(
                                found.ranked().stream()
                                        .filter(scored -> scored.candidate().id() < n)
                                        .findFirst()
                                        .orElseThrow(),
                                (double) n / most))
                        .toList());
    }

    /** What a strategy finds with so many forwards. */
    Arm search(float guidance, String name, Strategy strategy, long forwards) {
        return draw(
                        List.of(name(guidance, name)),
                        prompt -> SearchRequest.of(request(prompt, guidance), strategy, Budget.ofForwards(forwards)),
                        found -> List.of(new Choice(found.winner(), 1)))
                .getFirst();
    }

    private static String name(float guidance, String strategy) {
        return guidance > 1 ? "cfg%s-%s".formatted(guidance, strategy) : strategy;
    }

    /** One of a search's images, and the share of the search that an arm pays for it. */
    private record Choice(Scored scored, double share) {}

    private interface Choices {
        List<Choice> of(SearchResult found);
    }

    private List<Arm> draw(List<String> names, IntFunction<SearchRequest> requests, Choices choices) {
        List<Arm> before = names.stream()
                .flatMap(name -> Arm.kept(samples, name, source).stream())
                .toList();
        if (before.size() == names.size()) {
            return before;
        }
        names.forEach(name -> AtomicFile.makeFolder(samples.resolve(name)));
        List<List<Shot>> shots =
                names.stream().map(name -> (List<Shot>) new ArrayList<Shot>()).toList();
        long start = System.nanoTime();
        SearchSeries.run(
                engine,
                prompts.size(),
                prompt -> {
                    interruption.check(KEPT);
                    return requests.apply(prompt);
                },
                () -> new Keeping(new ConcurrentHashMap<>()),
                (prompt, kept, found) -> {
                    interruption.check(KEPT);
                    List<Choice> chosen = choices.of(found);
                    for (int arm = 0; arm < chosen.size(); arm++) {
                        Choice choice = chosen.get(arm);
                        write(names.get(arm), prompt, kept.images(), choice);
                        shots.get(arm)
                                .add(new Shot(
                                        choice.scored().score().orElseThrow(),
                                        Math.round(choice.share() * found.cost().forwards()),
                                        choice.share() * compute(found)));
                    }
                    progress.reached(prompt + 1L, Double.NaN);
                });
        progress.finished(prompts.size());
        progress.note("%s: %d images, %.2f s each"
                .formatted(names.getLast(), prompts.size(), (System.nanoTime() - start) / 1e9 / prompts.size()));
        List<Arm> arms = new ArrayList<>();
        for (int arm = 0; arm < names.size(); arm++) {
            arms.add(new Arm(names.get(arm), source, shots.get(arm)));
            arms.getLast().keep(samples);
        }
        return arms;
    }

    // Without the waiting for other searches.
    private static double compute(SearchResult found) {
        Duration busy = found.times()
                .text()
                .plus(found.times().denoise())
                .plus(found.times().decode())
                .plus(found.times().verify());
        return busy.toNanos() / 1e9;
    }

    private void write(String name, int prompt, Map<Integer, Image> images, Choice choice) {
        Image image = images.get(choice.scored().candidate().id());
        if (image == null) {
            throw new IllegalStateException("no image of " + choice.scored().candidate());
        }
        Png.writeRgb8(
                Arm.file(samples, name, prompt),
                image.width(),
                image.height(),
                image.rgb8(),
                Map.of("prompt", prompts.get(prompt)));
    }

    private record Keeping(Map<Integer, Image> images) implements GenerationListener {
        @Override
        public void finished(Scored scored, Image image) {
            images.put(scored.candidate().id(), image);
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
