package io.irscale.cli.parity;

import io.irscale.Pipeline;
import io.irscale.denoise.FlowSchedule;
import io.irscale.denoise.Plan;
import io.irscale.denoise.Row;
import io.irscale.latent.LatentShape;
import io.irscale.latent.Noise;
import io.irscale.tensor.DType;
import io.irscale.tensor.Device;
import io.irscale.tensor.Tensor;
import io.irscale.text.TextEmbedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the checks of one run share.
 *
 * @param pipeline opened in the run's dtype
 * @param manifest says what was asked for
 * @param run one of the manifest's
 * @param file its goldens
 * @param shape of its latents
 * @param schedule of its steps
 */
record Setup(
        Pipeline pipeline,
        Manifest manifest,
        Manifest.Run run,
        GoldenFile file,
        LatentShape shape,
        FlowSchedule schedule) {

    static Setup of(Pipeline pipeline, GoldenFolder goldens, Manifest.Run run) {
        LatentShape shape = pipeline.latents(run.height(), run.width());
        FlowSchedule schedule = pipeline.schedule(run.steps(), shape);
        GoldenFile file = goldens.file(RunStage.PREFIX + run.name());
        return new Setup(pipeline, goldens.manifest(), run, file, shape, schedule);
    }

    int images() {
        return manifest.prompts().size();
    }

    /** {@code name}.{@code i}. */
    Golden golden(String name, int i) {
        return file.golden(name + "." + i);
    }

    /** The latents that step {@code i} starts from. */
    Golden latentsBefore(int i) {
        return i == 0 ? file.golden("latents.init") : golden("latents", i - 1);
    }

    /** A golden on the device, in the run's dtype. */
    Tensor load(Golden golden) {
        return golden.tensor(device(), dtype());
    }

    Device device() {
        return pipeline.options().device();
    }

    DType dtype() {
        return run.dtype();
    }

    /** What a run starts from: packed noise of the manifest's seeds. */
    Tensor noise() {
        long[] seeds = manifest.seeds().stream().mapToLong(seed -> seed).toArray();
        return Noise.packed(seeds, shape, device(), dtype());
    }

    /** sigma_next - sigma, for every image. */
    float[] dsigma(int step) {
        return repeat(schedule.sigma(step + 1) - schedule.sigma(step));
    }

    /** One value for every image. */
    float[] repeat(float value) {
        float[] values = new float[images()];
        Arrays.fill(values, value);
        return values;
    }

    /** One plan an embedding. */
    List<Plan> plans(Scope scope, List<TextEmbedding> embeddings) {
        return embeddings.stream()
                .map(embedding -> scope.own(pipeline.transformer()
                        .plan(
                                embedding.txt(),
                                embedding.vec(),
                                manifest.guidance(),
                                schedule,
                                shape,
                                pipeline.unmergedLoras(),
                                null)))
                .toList();
    }

    /** The golden embeddings, one a prompt. */
    List<TextEmbedding> goldenEmbeddings(Scope scope) {
        Tensor txt = scope.own(load(file.golden("prompt_embeds")));
        Tensor vec = scope.own(load(file.golden("pooled")));
        List<TextEmbedding> embeddings = new ArrayList<>();
        for (int i = 0; i < images(); i++) {
            embeddings.add(scope.own(new TextEmbedding(txt.slice(i, 1), vec.slice(i, 1))));
        }
        return embeddings;
    }

    /** Plans of the negative prompts, none without classifier-free guidance. */
    List<Plan> negatives(Scope scope) {
        return run.guided() ? plans(scope, Prompts.encode(scope, pipeline, manifest, run.negatives())) : List.of();
    }

    /** All images at one step. */
    List<Row> rows(List<Plan> plans, int step) {
        return plans.stream().map(plan -> Row.of(plan, step)).toList();
    }

    /** The velocity of all images. */
    Tensor velocity(Tensor img, List<Row> rows) {
        return pipeline.transformer().velocity(img, rows, null);
    }
}
