package io.irscale.cli.reproduce;

import io.irscale.Engine;
import io.irscale.ModelDefaults;
import io.irscale.classify.Trunk;
import io.irscale.cli.Interruption;
import io.irscale.cli.ProgressView;
import io.irscale.cli.train.TrainingProgress;
import io.irscale.decode.Vae;
import io.irscale.file.AtomicFile;
import io.irscale.tensor.DType;
import io.irscale.train.ClassifierObjective;
import io.irscale.train.ClipObjective;
import io.irscale.train.FlowData;
import io.irscale.train.LearningRate;
import io.irscale.train.LoraObjective;
import io.irscale.train.Objective;
import io.irscale.train.PreviewObjective;
import io.irscale.train.PreviewSet;
import io.irscale.train.PreviewSets;
import io.irscale.train.Retrieval;
import io.irscale.train.TrainedClip;
import io.irscale.train.TrainingRun;
import io.irscale.train.TrainingSettings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** Trains what the search needs: the generator's LoRA, the verifier in two steps, and judges that have no weights yet. */
final class Adaptation {
    private static final int FLOW_BATCH = 32;
    private static final int CLIP_BATCH = 64;
    private static final int WINDOWS_A_FRAME = 16;
    private static final int VALIDATED = 128;
    private static final int RANK = 16;
    private static final int RETRIEVED = 290;

    private final Recipe recipe;
    private final Material material;
    private final Vae vae;
    private final PrintWriter err;
    private final Interruption interruption;

    /** Borrows the VAE. */
    Adaptation(Recipe recipe, Material material, Vae vae, PrintWriter err, Interruption interruption) {
        this.recipe = recipe;
        this.material = material;
        this.vae = vae;
        this.err = err;
        this.interruption = interruption;
    }

    /** The generator's LoRA, of a few images; its file. */
    Path lora() {
        String source = "%s, %d frames, vae %s"
                .formatted(recipe.description(), material.lora().frames().all().size(), recipe.vae());
        Path folder = recipe.out().resolve("lora");
        FlowData.Settings settings = new FlowData.Settings(FLOW_BATCH, 0.1, recipe.seed(), false);
        Supplier<Objective> objective = () -> new LoraObjective(
                recipe.base(),
                ModelDefaults.of(recipe.base()).maxSequenceLength(),
                new LoraObjective.Form(RANK, RANK, Pattern.compile(LoraObjective.Form.BLOCKS), 0),
                settings,
                vae,
                FlowData.training(
                        folder.resolve("training-latents.safetensors"),
                        source,
                        vae,
                        material.lora(),
                        WINDOWS_A_FRAME,
                        recipe.seed(),
                        count -> {}),
                FlowData.validation(
                        folder.resolve("validation-latents.safetensors"),
                        source,
                        vae,
                        material.reference(),
                        VALIDATED,
                        recipe.seed(),
                        count -> {}),
                recipe.device(),
                DType.BF16);
        train("lora", source, recipe.extent().loraSteps(), FLOW_BATCH, 1e-3, objective);
        return folder.resolve("pytorch_lora_weights.safetensors");
    }

    /** The verifier with LoRAs of both towers merged, of the target's other images; its folder. */
    Path verifier() {
        ClipObjective.Settings settings = new ClipObjective.Settings(CLIP_BATCH, 1, recipe.seed());
        train(
                "verifier",
                "%s of %s, %s".formatted(recipe.verifier(), recipe.description(), settings),
                recipe.extent().verifierSteps(),
                CLIP_BATCH,
                2e-3,
                () -> new ClipObjective(
                        TrainedClip.lora(recipe.verifier(), RANK, recipe.seed(), recipe.device(), DType.F32),
                        vae,
                        material.verifier(),
                        material.reference(),
                        settings));
        return recipe.out().resolve("verifier/clip");
    }

    /** The verifier tuned on what the adapted generator shows on the way to an image; its folder. */
    Path noiseAware(Path clean, Path lora) {
        int prompts = recipe.extent().prompts();
        String source = "%s, %s, %s, %d prompts".formatted(recipe.base(), lora, recipe.description(), prompts);
        PreviewObjective.Settings settings = new PreviewObjective.Settings(CLIP_BATCH / 2, recipe.seed());
        train(
                "previews",
                "%s of %s, %s".formatted(clean, source, settings),
                recipe.extent().previewSteps(),
                CLIP_BATCH / 2,
                2e-3,
                () -> new PreviewObjective(
                        TrainedClip.imageLora(clean, RANK, recipe.seed(), recipe.device(), DType.F32),
                        PreviewSets.of(
                                recipe.out().resolve("previews"),
                                source,
                                material.verifier(),
                                material.reference(),
                                prompts,
                                (some, each) -> previews(clean, lora, some, each)),
                        material.verifier(),
                        settings));
        return recipe.out().resolve("previews/clip");
    }

    private PreviewSet previews(Path clip, Path lora, List<String> prompts, int each) {
        try (Engine engine = Drawing.engine(recipe, lora, clip);
                ProgressView progress = ProgressView.ofImages(err, 0)) {
            return PreviewSet.draw(
                    engine,
                    ModelDefaults.of(recipe.base())
                            .request(prompts.getFirst())
                            .withSize(recipe.size(), recipe.size())
                            .withTrueCfg(1, ""),
                    prompts,
                    each,
                    done -> progress.reached(done, Double.NaN));
        }
    }

    /** How well a verifier tells the reference's captions apart. */
    Retrieval retrieval(Path folder) {
        try (TrainedClip clip = TrainedClip.whole(folder, recipe.seed(), recipe.device(), DType.F32)) {
            return ClipObjective.retrieval(clip, material.reference(), RETRIEVED, recipe.seed());
        }
    }

    /** A judge that is trained; the folder itself where it has weights. */
    Path judge(String name, Path folder) {
        if (Files.exists(folder.resolve(Trunk.Kind.of(folder).weights() + ".safetensors"))) {
            return folder;
        }
        ClassifierObjective.Settings settings = new ClassifierObjective.Settings(CLIP_BATCH, recipe.seed());
        train(
                name,
                "%s of %s, %s".formatted(folder, recipe.description(), settings),
                recipe.extent().judgeSteps(),
                CLIP_BATCH,
                1e-3,
                () -> new ClassifierObjective(
                        folder, vae, material.judges(), material.reference(), settings, recipe.device(), DType.BF16));
        return recipe.out().resolve(name).resolve("classifier");
    }

    private void train(String name, String source, long steps, int batch, double rate, Supplier<Objective> make) {
        int often = Math.toIntExact(Math.max(1, steps / 4));
        int warmup = Math.toIntExact(Math.min(50, steps / 2));
        TrainingSettings settings = new TrainingSettings(
                steps,
                batch,
                1,
                new LearningRate(rate, warmup, 0.4, 0.01),
                0.99,
                0.01,
                1,
                0.99,
                recipe.seed(),
                often,
                often);
        AtomicFile.makeFolder(recipe.out().resolve(name));
        try (ProgressView progress = ProgressView.ofSteps(err, steps);
                Objective objective = make.get()) {
            progress.note("training: " + name);
            boolean done = new TrainingRun(
                            recipe.out().resolve(name),
                            objective,
                            settings,
                            new TrainingProgress(progress, interruption))
                    .train("%s, %s".formatted(source, settings));
            if (!done) {
                throw new CancellationException("interrupted; the same command goes on from its checkpoint");
            }
        }
    }
}
